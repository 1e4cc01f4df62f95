import shutil

import numpy as np
import pytest

from stnctl.config.load import load_config, parse_config
from stnctl.errors import ConfigError, InputError
from stnctl.evaluation import run_loader
from stnctl.evaluation.run_loader import (
    first_model,
    load_model_of_step,
    load_run,
    load_run_dataset,
    load_runs,
)
from stnctl.models.build import has_transformer
from stnctl.models.job import Job, load_job
from stnctl.models.state import training_state_of, weights_of
from stnctl.runs.checkpoint_reader import follow_pointer
from stnctl.runs.checkpoint_writer import save_checkpoint, set_pointer
from stnctl.runs.directory import RunDirectory
from stnctl.runs.provenance import read_record
from stnctl.storage.json_files import write_json
from stnctl.training.setup import make_model
from tests.data.synthetic import synthetic_arrays, write_npz
from tests.tiny import SIDE, make_job, make_run

pytestmark = pytest.mark.usefixtures("keras_backend")

BEST, LAST = 3, 6


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    return make_job(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def trained(job, tmp_path_factory):
    """Return a run whose best and last weights differ, and both weights by step."""
    run = make_run(job, tmp_path_factory.mktemp("trained"))
    model = make_model(job)
    weights = {}
    for step, epoch, value in ((BEST, 1, 0.25), (LAST, 2, 0.75)):
        model.get_layer("theta").bias.assign(np.full(6, value))
        weights[step] = weights_of(model)
        save_checkpoint(run, step, training_state_of(model), {"position": {"epoch": epoch}})
    set_pointer(run, "best", BEST, {})
    set_pointer(run, "last", LAST, {"epoch": 2})
    return run, weights


@pytest.fixture
def weights(trained):
    return trained[1]


@pytest.fixture
def run(trained, tmp_path):
    """Return a copy of the run, which tests may damage."""
    original, _ = trained
    return RunDirectory(shutil.copytree(original.path, tmp_path / original.name))


def load_from(run, **options):
    return load_run(run.path, **options)


def load_datasets(runs, source=None):
    """Return the data sets that `load_runs` reads before anything else of the runs."""
    configs = [load_config(run.config) for run in runs]
    return run_loader._load_datasets(runs, configs, source, None)


def assert_weights(model, expected):
    found = weights_of(model)
    assert list(found) == list(expected)
    for name, array in expected.items():
        np.testing.assert_array_equal(found[name], array, strict=True, err_msg=name)


@pytest.mark.parametrize(("step", "epoch"), [(BEST, 1), (LAST, 2)])
def test_load_model_of_step(run, job, weights, step, epoch):
    model, num_epochs = load_model_of_step(run, job, step)
    assert num_epochs == epoch
    assert_weights(model, weights[step])
    with pytest.raises(InputError, match="no checkpoint of step 4"):
        load_model_of_step(run, job, 4)


def test_first_model_has_the_weights_before_the_first_step(job):
    assert_weights(first_model(job), weights_of(make_model(job)))


@pytest.mark.parametrize(("checkpoint", "step", "epoch"), [("best", BEST, 1), ("last", LAST, 2)])
def test_load_run_roundtrip(run, weights, checkpoint, step, epoch):
    loaded = load_from(run, checkpoint=checkpoint)
    assert loaded.run == run
    assert loaded.num_epochs == epoch
    assert loaded.config.model.classifier.filters == (4,)
    assert loaded.dataset.train.images.shape[1:] == (SIDE, SIDE, 1)
    assert has_transformer(loaded.model)
    assert loaded.model.output.shape == (None, loaded.dataset.num_classes)
    assert_weights(loaded.model, weights[step])


def test_load_run_default_checkpoint_is_the_best(run, weights):
    assert_weights(load_from(run).model, weights[BEST])


@pytest.mark.parametrize(("pointer", "word"), [("best.json", "best"), ("last.json", "last")])
def test_load_run_rejects_a_missing_checkpoint(run, pointer, word):
    (run.checkpoints / pointer).unlink()
    with pytest.raises(InputError, match=f"no {word} checkpoint yet"):
        load_from(run, checkpoint=word)


@pytest.mark.parametrize("position", [None, {}, {"epoch": "1"}, {"epoch": True}, {"epoch": -1}])
def test_load_run_rejects_a_checkpoint_without_a_valid_epoch(run, position):
    arrays = follow_pointer(run, "best").arrays
    save_checkpoint(run, LAST + 1, arrays, {"position": position})
    set_pointer(run, "best", LAST + 1, {})
    with pytest.raises(InputError, match="no valid number of finished epochs"):
        load_from(run)


@pytest.mark.parametrize("file", ["state.npz", "meta.json"])
def test_load_run_rejects_a_damaged_checkpoint(run, file):
    path = run.checkpoints / f"step-{BEST:08d}" / file
    data = bytearray(path.read_bytes())
    data[data.index(b"sha256") + 20 if file == "meta.json" else len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(InputError, match=f"{file}.*damaged"):
        load_from(run)
    assert load_from(run, checkpoint="last").num_epochs == 2


@pytest.mark.parametrize(("old", "new"), [("units: 8", "units: 9"), ("[4]", "[4, 4]")])
def test_load_run_rejects_a_checkpoint_of_another_network(run, old, new):
    text = run.config.read_text(encoding="utf-8")
    assert old in text
    run.config.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=r"declares [\d,]+ parameters, but the network of .* has"):
        load_from(run)


def test_load_run_names_an_edited_key_of_the_network(run):
    """Not the number of parameters, which follows from it."""
    arrays = follow_pointer(run, "best").arrays
    meta = {"position": {"epoch": 2}, "config": run.config.read_text(encoding="utf-8")}
    save_checkpoint(run, LAST + 1, arrays, meta)
    set_pointer(run, "best", LAST + 1, {})
    text = run.config.read_text(encoding="utf-8")
    run.config.write_text(text.replace("units: 8", "units: 9", 1), encoding="utf-8")
    with pytest.raises(InputError, match=r"is not the trained configuration: .*expected 8, got 9"):
        load_from(run)


def test_load_trained_model_rejects_another_network(run, job, tmp_path):
    """The function checks the weights itself, also without `load_runs`."""
    other = make_job(tmp_path, "model.classifier.units=9")
    with pytest.raises(InputError, match="parameters, but the network of"):
        run_loader.load_trained_model(run, Job(other.config, job.dataset), "best")


def test_load_runs_notes_another_backend(run, monkeypatch):
    notes = []
    monkeypatch.setattr(run_loader, "chosen_backend", lambda: "jax")
    load_runs(
        [run],
        on_run=lambda found, note: notes.append((found, note)),
        start=lambda *, threads: None,
    )
    [(found, note)] = notes
    assert found.path == run.path
    assert note == "trained with tensorflow, now on jax: the last digits may differ"


def test_load_runs_starts_the_backend_after_all_checks(run, tmp_path):
    started = []
    state = run.checkpoints / f"step-{BEST:08d}" / "meta.json"
    state.write_bytes(b"{}")
    with pytest.raises(InputError):
        load_runs([run], start=lambda *, threads: started.append(threads))
    assert started == []


def test_load_run_dataset_from_a_new_location(run, tmp_path):
    config = load_config(run.config)
    used = load_run_dataset(run, config)
    moved = tmp_path / "moved.npz"
    shutil.copy(used.source, moved)
    found = load_run_dataset(run, config, str(moved))
    assert found.source == str(moved)
    assert found.sha256 == used.sha256
    np.testing.assert_array_equal(found.test.images, used.test.images)


def test_load_run_dataset_has_the_same_validation_set(run, job):
    found = load_run_dataset(run, job.config)
    assert len(found.validation) == len(job.dataset.validation)
    np.testing.assert_array_equal(found.validation.images, job.dataset.validation.images)


def test_load_run_dataset_uses_the_configured_layout(tmp_path):
    arrays = synthetic_arrays(train=66, side=SIDE)
    flat = {f"X_{part}": arrays[f"x_{part}"].reshape(-1, SIDE**2) for part in ("train", "test")}
    labels = {f"y_{part}": np.eye(10)[arrays[f"y_{part}"]] for part in ("train", "test")}
    np.savez(tmp_path / "flat.npz", **flat, **labels)
    keys = ("data.keys.x_train=X_train", "data.keys.x_test=X_test", "data.keys.x_validation=X_test")
    job = make_job(
        tmp_path,
        f"data.source={tmp_path / 'flat.npz'}",
        f"data.image_shape=[{SIDE}, {SIDE}]",
        "data.keys.y_validation=y_test",
        *keys,
    )
    moved = shutil.move(tmp_path / "flat.npz", tmp_path / "moved.npz")
    found = load_run_dataset(make_run(job, tmp_path), job.config, str(moved))
    assert found.sha256 == job.dataset.sha256
    np.testing.assert_array_equal(found.train.images[..., 0], arrays["x_train"])
    np.testing.assert_array_equal(found.validation.images[..., 0], arrays["x_test"])


def test_load_datasets_loads_a_shared_data_set_once(run, job, tmp_path):
    """It is split again for a run with another validation share."""
    other = make_job(tmp_path, f"data.source={job.dataset.source}", "data.validation=0.5")
    runs = [run, make_run(job, tmp_path, "twin"), make_run(other, tmp_path, "other")]
    first, second, third = load_datasets(runs)
    assert second is first
    assert first.sha256 == third.sha256
    assert len(first.validation) != len(third.validation) == 33


def test_load_datasets_keeps_the_names_of_each_run(run, job, tmp_path):
    """Both runs have the same file, but one of them names its classes."""
    names = "abcdefghij"
    classes = f"data.classes=[{', '.join(names)}]"
    named = make_job(tmp_path, f"data.source={job.dataset.source}", classes)
    first, second = load_datasets([run, make_run(named, tmp_path, "named")])
    assert (first.class_names, second.class_names) == (tuple("0123456789"), tuple(names))


def test_load_datasets_checks_the_data_of_each_run(run, tmp_path):
    """The data may be that of one run, but not of another."""
    write_npz(tmp_path / "tiny.npz", train=66, side=SIDE, seed=9)
    other = make_run(make_job(tmp_path), tmp_path, "other")
    source = load_config(run.config).data.source
    with pytest.raises(InputError, match="is not the data that other was trained on"):
        load_datasets([run, other], source)


@pytest.mark.parametrize("source", ["other.npz", "digits"])
def test_load_run_dataset_rejects_other_data(run, tmp_path, monkeypatch, source):
    monkeypatch.chdir(tmp_path)
    write_npz(tmp_path / "other.npz", train=66, side=SIDE, seed=9)
    message = f"{source} is not the data that x was trained on: expected sha256 "
    with pytest.raises(InputError, match=message) as error:
        load_run_dataset(run, load_config(run.config), source)
    assert "--data SOURCE" in error.value.hint


def remove_signature(run):
    record = read_record(run)
    write_json(run.run, record | {"data": record["data"] | {"mark": None}})


def test_load_run_dataset_reads_no_path_of_an_untrusted_run(run, job):
    remove_signature(run)
    config, place = load_config(run.config), job.dataset.source
    with pytest.raises(InputError, match="the run was not made by this user") as error:
        load_run_dataset(run, config)
    assert place in str(error.value)
    assert error.value.hint == "if you trust that data, name it with --data PATH"
    assert load_run_dataset(run, config, place).sha256 == job.dataset.sha256


def test_load_datasets_reads_no_path_of_one_untrusted_run(run, job, tmp_path):
    untrusted = make_run(job, tmp_path, "untrusted")
    remove_signature(untrusted)
    with pytest.raises(InputError, match=r"untrusted.*was not made by this user"):
        load_datasets([run, untrusted])


def test_load_run_dataset_of_a_named_source_needs_no_signature(tmp_path):
    job = load_job(parse_config("data: {source: digits}", where="x"))
    run = make_run(job, tmp_path)
    remove_signature(run)
    assert load_run_dataset(run, job.config).sha256 == job.dataset.sha256


def test_load_run_dataset_rejects_missing_data(run, tmp_path):
    with pytest.raises(InputError, match=r"gone\.npz") as error:
        load_run_dataset(run, load_config(run.config), str(tmp_path / "gone.npz"))
    assert error.value.hint.startswith("check the path; or name the new location of the same data")


def test_load_run_dataset_rejects_a_source_of_another_layout(tmp_path):
    arrays = synthetic_arrays(train=66, side=SIDE)
    np.savez(tmp_path / "tiny.npz", train=arrays.pop("x_train"), **arrays)
    job = make_job(tmp_path, "data.keys.x_train=train")
    message = "the data of x: data.keys may only be set for an .npz file, not for digits"
    with pytest.raises(ConfigError, match=message) as error:
        load_run_dataset(make_run(job, tmp_path), job.config, "digits")
    assert error.value.hint == "name the new location of the same data with --data SOURCE"
