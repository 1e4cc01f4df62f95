import shutil

import keras
import numpy as np
import pytest

from stnctl.data.run_signature import sign_source
from stnctl.errors import EnvironmentFault, InputError
from stnctl.models.state import training_state_of
from stnctl.runs.checkpoint_writer import save_checkpoint, set_pointer
from stnctl.runs.provenance import read_record
from stnctl.storage.json_files import write_json
from stnctl.training import start_weights
from stnctl.training.loop_state import LoopState
from stnctl.training.setup import make_model, open_loop
from stnctl.training.start_weights import find_start, load_start, recorded_start
from tests.tiny import RecordingCallback, make_job, make_run

pytestmark = pytest.mark.usefixtures("keras_backend")

LAYERS = ["localization_conv1", "theta", "classifier_conv1", "classifier_dense", "logits"]


def save(run, model, step, value):
    """Save a checkpoint as the best one, with the biases of all layers at ``value``."""
    for variable in model.trainable_variables:
        if variable.name == "bias":
            variable.assign(np.full(variable.shape, value, "float32"))
    position = {"position": vars(LoopState(epoch=step // 3, step=step))}
    save_checkpoint(run, step, training_state_of(model), position)
    set_pointer(run, "best", step, {})


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Return a folder with data and the run `trained`."""
    folder = tmp_path_factory.mktemp("source")
    job = make_job(folder)
    save(make_run(job, folder, "trained"), make_model(job), 3, 0.25)
    return folder


@pytest.fixture
def folder(source, tmp_path):
    shutil.copytree(source, tmp_path, dirs_exist_ok=True)
    return tmp_path


def started(folder, *overrides):
    """Return the job and the run that starts from the run `trained`, and its model and note."""
    job = make_job(folder, "train.start_from=trained", *overrides)
    run = make_run(job, folder)
    notes: list[str] = []
    loop, warnings = open_loop(job, run, RecordingCallback(), notes.append)
    assert warnings == []
    return job, run, loop.model, notes


def test_open_loop_starts_from_the_weights_of_a_run(folder):
    job, run, model, notes = started(folder, "seed=7")
    trained = find_start(job.config, folder / "runs")
    assert trained.run == str((folder / "runs" / "trained").resolve())
    mark = sign_source(trained.run, trained.sha256)
    assert read_record(run)["start_from"] == {**vars(trained), "mark": mark}
    assert recorded_start(run, job.config) == trained
    weights = load_start(job, trained)
    assert list(weights.layers) == LAYERS
    for layer in LAYERS:
        for (name, expected), found in zip(
            weights.layers[layer], model.get_layer(layer).get_weights(), strict=True
        ):
            np.testing.assert_array_equal(found, expected)
            assert name != "bias" or (expected == 0.25).all()
    assert notes == [f"start 5 of 5 layers from trained, epoch 1: {', '.join(LAYERS)}"]


def test_open_loop_starts_from_the_layers_that_fit(folder):
    """The other layers, and the seeds of dropout, are those of a new training."""
    job, _, model, notes = started(folder, "seed=7", "model.classifier.units=9")
    assert notes == [
        "start 3 of 5 layers from trained, epoch 1: localization_conv1, theta, classifier_conv1; "
        "not from it: classifier_dense, logits"
    ]
    fresh = make_model(job)
    for found, expected in zip(model.variables, fresh.variables, strict=True):
        layer = expected.path.split("/")[0]
        if layer not in LAYERS[:3]:
            np.testing.assert_array_equal(found, expected, err_msg=expected.path)
        elif expected.name == "bias":
            assert (np.array(found) == 0.25).all()


def test_open_loop_starts_from_a_run_on_other_data(folder):
    """The classes differ, so the last layer is new."""
    (folder / "tiny.npz").rename(folder / "trained.npz")
    trained = folder / "runs" / "trained"
    assert trained.is_dir()
    shutil.rmtree(trained)
    job = make_job(folder, f"data.source={folder / 'trained.npz'}")
    save(make_run(job, folder, "trained"), make_model(job), 3, 0.5)
    _, _, model, [note] = started(folder, "data.distortion={set: addition, canvas: [12, 12]}")
    assert note.endswith("not from it: localization_conv1, classifier_conv1, logits")
    assert (np.array(model.get_layer("classifier_dense").bias) == 0.5).all()


def test_open_loop_starts_from_averaged_weights(folder):
    job = make_job(folder, "train.ema=0.5")
    model = make_model(job)
    model.optimizer.apply([keras.ops.ones(each.shape) for each in model.trainable_variables])
    averages = [np.array(each) for each in model.trainable_variables]
    run = make_run(job, folder, "averaged")
    save(run, model, 3, 9.0)  # the average of the first step is the weight itself
    _, _, model, _ = started(folder, "train.start_from=averaged")
    for found, expected in zip(model.trainable_variables, averages, strict=True):
        np.testing.assert_array_equal(found, expected)


def test_load_start_rejects_a_network_without_a_common_layer(folder):
    with pytest.raises(InputError, match=r"start_from: no layer of trained, epoch 1 has the name"):
        started(
            folder,
            "model.transformer=null",
            "model.classifier={filters: [5], units: 6}",
        )


def test_open_loop_rejects_a_changed_run(folder):
    """A training that was killed before its first checkpoint starts from the same weights."""
    job, run, model, _ = started(folder)
    again, _ = open_loop(job, run, RecordingCallback())
    for found, expected in zip(again.model.variables, model.variables, strict=True):
        np.testing.assert_array_equal(found, expected)
    source_job = make_job(folder)
    trained = type(run)(folder / "runs" / "trained")
    save(trained, make_model(source_job), 6, 0.75)
    with pytest.raises(InputError, match=r"start_from: the best checkpoint of .* has changed"):
        open_loop(job, run, RecordingCallback())
    shutil.rmtree(trained.path)
    with pytest.raises(InputError, match=r"start_from: no run .*trained"):
        open_loop(job, run, RecordingCallback())


def test_open_loop_with_a_checkpoint_needs_no_other_run(folder):
    job, run, model, _ = started(folder)
    save(run, model, 3, 0.5)
    shutil.rmtree(folder / "runs" / "trained")
    loop, _ = open_loop(job, run, RecordingCallback())
    assert loop.state.step == 3
    assert (np.array(loop.model.get_layer("theta").bias) == 0.5).all()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("traind", r"train.start_from: no run 'traind' .*did you mean trained\?"),
        ("model.keras", r"train.start_from: model.keras is never loaded as a model"),
        ("untrained", r"train.start_from: .*no best"),
    ],
)
def test_create_run_rejects_a_start(folder, name, message):
    make_run(make_job(folder), folder, "untrained")
    job = make_job(folder, f"train.start_from={name}")
    with pytest.raises(InputError, match=message):
        make_run(job, folder)
    assert not (folder / "runs" / "x").exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sha256": 1}, "must have the checkpoint of train.start_from as 'start_from'"),
        ({"mark": None}, "was not made by this user: nothing was read from there"),
        ({"mark": "0" * 64}, "was not made by this user"),
        ({"run": "/net/other"}, "names the run '/net/other' to start from, but x was not made by"),
    ],
)
def test_recorded_start_rejects_a_record(folder, monkeypatch, changes, message):
    """An untrusted run may name any path."""
    job = make_job(folder, "train.start_from=trained")
    run = make_run(job, folder)
    record = read_record(run)
    record["start_from"] |= changes
    write_json(run.run, record)
    monkeypatch.setattr(start_weights, "find_runs", None)
    with pytest.raises(InputError, match=message):
        open_loop(job, run, RecordingCallback())


def test_recorded_start_rejects_a_missing_record(folder):
    run = make_run(make_job(folder), folder)
    config = make_job(folder, "train.start_from=trained").config
    with pytest.raises(InputError, match="as 'start_from'"):
        recorded_start(run, config)


def test_create_run_signs_the_start(folder, monkeypatch):
    monkeypatch.setattr(start_weights, "sign_source", lambda *_: None)
    with pytest.raises(EnvironmentFault, match="no key can be stored"):
        make_run(make_job(folder, "train.start_from=trained"), folder)
    assert not (folder / "runs" / "x").exists()
