from collections import Counter

import numpy as np
import pytest

from stnctl.config.load import parse_config
from stnctl.data.dataset import Dataset
from stnctl.data.distortions.drawing import draw_distortions
from stnctl.data.run_signature import is_signed_by_user
from stnctl.data.sources import dataset_loader
from stnctl.data.sources.download import SourceUnavailable
from stnctl.data.split_view import make_split_view
from stnctl.errors import ConfigError, InputError, UsageError
from stnctl.models.job import Job, load_job
from stnctl.runs.provenance import read_record
from stnctl.training.resume import load_resumed_job
from stnctl.training.setup import open_loop
from tests.data.distortions.examples import noise
from tests.tiny import NUM_TRAIN, SIDE, RecordingCallback, make_job, make_run


@pytest.fixture(scope="module")
def dataset():
    """Return a data set of 9, 8 and 7 images of 28x28 pixels."""
    train, validation, test = (noise(size) for size in (9, 8, 7))
    return Dataset(train, validation, test, "noise", "0" * 64, 10)


def job_of(dataset, *overrides):
    return Job(parse_config("", where="x", overrides=overrides), dataset)


@pytest.fixture
def drawn(monkeypatch):
    """Count the calls of `draw_distortions` by split and epoch."""
    counts: Counter[tuple[str, int]] = Counter()

    def count(spec, rng, *arguments):
        counts[rng.split, rng.epoch] += 1
        return draw_distortions(spec, rng, *arguments)

    monkeypatch.setattr("stnctl.data.split_view.draw_distortions", count)
    return counts


def test_view_is_computed_once(dataset):
    job = job_of(dataset, "data.distortion=R")
    for compiled in (False, True):
        assert job.view("train", compiled=compiled) is job.view("train", compiled=compiled)
    assert job.view("train") is not job.view("train", compiled=True)
    assert [len(job.view(split)) for split in ("train", "validation", "test")] == [9, 8, 7]


def test_view_rejects_an_unknown_split(dataset):
    with pytest.raises(UsageError, match=r"no split 'tset', .*did you mean test\?"):
        job_of(dataset).view("tset")


def test_view_compiled_differs_in_its_compiler_only(dataset):
    from stnctl.models.compiled import compiled_for_arrays

    job = job_of(dataset, "data.distortion=R", "data.pixels=raw", "data.test_seed=5")
    view = job.view("test", compiled=True)
    expected = make_split_view(job.config, dataset, "test")
    assert view.split is expected.split
    assert (view.name, view.spec, view.seed) == (expected.name, expected.spec, 5)
    assert (view.compiler, job.view("test").compiler) == (compiled_for_arrays, None)
    indices = np.arange(7)
    np.testing.assert_allclose(
        view.examples().inputs(indices), expected.examples().inputs(indices), rtol=0, atol=1e-3
    )


def test_examples_are_drawn_once_per_epoch(dataset, drawn):
    job = job_of(dataset, "data.distortion=R")
    first = job.examples("train")
    job.examples("train", 0)
    job.examples("test")
    job.examples("train", 1)
    job.examples("train", 1, compiled=True)
    assert drawn == {("train", 0): 1, ("test", 0): 1, ("train", 1): 1}
    again = make_split_view(job.config, dataset, "train").examples(0)
    np.testing.assert_array_equal(first.inputs(np.arange(9)), again.inputs(np.arange(9)))


def test_examples_compiled_share_the_draws(dataset, drawn):
    job = job_of(dataset, "data.distortion=R")
    plain, compiled = job.examples("train"), job.examples("train", compiled=True)
    assert compiled.distortions is plain.distortions
    assert compiled.labels is plain.labels
    assert compiled.view is job.view("train", compiled=True)
    assert plain.view is job.view("train")
    assert drawn.total() == 1


@pytest.mark.usefixtures("keras_backend")
def test_examples_of_a_training_are_drawn_once(tmp_path, drawn):
    """Its checks, its network, its epoch and its validation share the draws of epoch 0."""
    job = make_job(tmp_path, "data.distortion=R", "train.epochs=1")
    loop, _ = open_loop(job, make_run(job, tmp_path), RecordingCallback())
    loop.train()
    assert drawn == {("train", 0): 1, ("validation", 0): 1, ("test", 0): 1}


@pytest.mark.parametrize(
    ("distortion", "input_shape", "num_classes"),
    [
        ("none", (28, 28, 1), 10),
        ("{set: T, canvas: [30, 40]}", (30, 40, 1), 10),
        ("{set: addition, canvas: [30, 40]}", (30, 40, 2), 19),
    ],
)
def test_input_shape_and_num_classes(dataset, distortion, input_shape, num_classes):
    job = job_of(dataset, f"data.distortion={distortion}")
    assert (job.input_shape, job.num_classes) == (input_shape, num_classes)


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("model.classifier.filters=[4, 4, 4, 4]", "model.classifier: a convolution of 3x3"),
        ("limits.max_parameters=9", "limits.max_parameters: the network has"),
        ("data.distortion={set: TC, clutter_size: 29}", "crops of 29x29"),
    ],
)
def test_check_network_rejects(dataset, override, message):
    job_of(dataset).check_network()
    with pytest.raises(ConfigError, match=message):
        job_of(dataset, override).check_network()


def test_load_job_checks_the_network_on_request():
    overrides = ["data.source=digits", "limits.max_parameters=9"]
    config = parse_config("", where="x", overrides=overrides)
    with pytest.raises(ConfigError, match="max_parameters"):
        load_job(config)
    job = load_job(config, network=False)
    assert (job.dataset.source, job.fallback) == ("digits", None)


def test_load_job_of_a_file(tmp_path):
    job = make_job(tmp_path)
    assert job.dataset.source == str(tmp_path / "tiny.npz")
    assert len(job.dataset.train) == NUM_TRAIN
    assert job.fallback is None
    assert job.dataset.input_shape == (SIDE, SIDE, 1)


def test_load_job_rejects_a_network_for_larger_images(tmp_path):
    with pytest.raises(ConfigError, match=r"model\.classifier: a convolution .* got 1x1") as caught:
        make_job(tmp_path, "model.classifier.filters=[4, 4, 4]")
    assert caught.value.hint.endswith("or images of at least 22x22, not 12x12")


def test_load_job_rejects_a_missing_file(tmp_path):
    config = parse_config(f"data: {{source: {tmp_path / 'gone.npz'}}}", where="x")
    with pytest.raises(InputError, match=r"gone\.npz"):
        load_job(config)


def test_load_job_falls_back_offline(monkeypatch, tmp_path):
    def unreachable(**_):
        raise SourceUnavailable("mnist can't be downloaded.")

    monkeypatch.setattr(dataset_loader, "load_mnist", unreachable)
    with pytest.raises(SourceUnavailable):
        load_job(parse_config("", where="x"))
    job = load_job(parse_config("data: {offline: digits}", where="x"))
    assert job.dataset.source == "digits"
    assert job.config.data.source == "mnist"
    assert "Using digits instead" in job.fallback
    run = make_run(job, tmp_path)
    data = read_record(run)["data"]
    assert is_signed_by_user(data)
    expected = {"source": "digits", "sha256": job.dataset.sha256, "warning": job.fallback}
    assert data == expected | {"mark": data["mark"]}
    assert load_resumed_job(run, []).dataset.sha256 == job.dataset.sha256
