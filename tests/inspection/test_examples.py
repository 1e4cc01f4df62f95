import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from scipy.special import log_softmax

from stnctl.data.split_view import make_split_view, network_input
from stnctl.evaluation.loaded_run import LoadedRun
from stnctl.geometry import TRANSFORMS, warp
from stnctl.inspection.examples import read_examples
from stnctl.models.theta import configured_transform
from stnctl.runs.directory import RunDirectory
from stnctl.storage.json_files import json_bytes, parse_json
from stnctl.training.setup import make_model
from tests.models.small import FAMILIES, name_of
from tests.tiny import SIDE, make_job

pytestmark = pytest.mark.usefixtures("keras_backend")

INDICES = np.array([7, 0, 7, 31])
ROTATED = np.array([0.5, -0.5, 0.2, 0.5, 0.5, -0.1])


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    size = "model.transformer.output_size=[9, 10]"
    return make_job(tmp_path_factory.mktemp("examples"), size)


@pytest.fixture(scope="module")
def model(job, keras_backend):
    """Return a network whose theta is near a rotation, and varies a little between images."""
    model = make_model(job)
    theta = model.get_layer("theta")
    kernel = np.random.default_rng(0).normal(scale=0.01, size=theta.kernel.shape)
    theta.set_weights([kernel, ROTATED])
    return model


def loaded(job, model):
    return LoadedRun(RunDirectory(Path("runs/x")), job, model, num_epochs=1)


def read(model, job, pixels="unit"):
    view = replace(make_split_view(job.config, job.dataset, "test"), pixels=pixels)
    return read_examples(loaded(job, model), view.examples(), INDICES)


def test_read_examples_match_the_model(model, job):
    examples = read(model, job)
    split = job.dataset.test
    logits = model.predict_on_batch(network_input(split.images[INDICES], "unit"))
    logs = log_softmax(logits.astype("float64"), axis=1)
    for n, item in enumerate(examples.items):
        assert item.index == INDICES[n]
        assert item.true == split.labels[INDICES[n]]
        assert item.predicted == logits[n].argmax()
        assert item.probability == pytest.approx(np.exp(logs[n]).max(), rel=1e-5)
        assert item.loss == pytest.approx(-logs[n, item.true], rel=1e-5)
    assert examples.items[0] == examples.items[2]


def test_read_examples_match_the_warp(model, job):
    """V and grid are those of U and theta, and the parts describe theta."""
    examples = read(model, job)
    thetas = np.array([item.theta for item in examples.items])
    assert np.abs(thetas - ROTATED).max() < 0.3
    assert len(np.unique(thetas, axis=0)) == 3
    affine = TRANSFORMS["affine"]
    grid = affine.grid(thetas, (9, 10))
    assert examples.grid.shape == (4, 9, 10, 2)
    np.testing.assert_allclose(examples.grid, grid, atol=1e-6)
    V = warp(examples.U.astype("float64"), thetas, output_size=(9, 10))
    assert examples.V.shape == (4, 9, 10, 1)
    np.testing.assert_allclose(examples.V, V, atol=1e-4)
    for item in examples.items:
        assert item.parts == pytest.approx(affine.describe(np.array(item.theta), (SIDE, SIDE)))


@pytest.mark.parametrize(("pixels", "highest"), [("unit", 1), ("raw", 255)])
def test_read_examples_has_the_range_of_pixels(model, job, pixels, highest):
    U = read(model, job, pixels).U
    assert U.shape == (4, SIDE, SIDE, 1)
    stored = job.dataset.test.images[INDICES]
    np.testing.assert_allclose(U, stored * (highest / 255), rtol=1e-6)
    assert highest / 2 < U.max() <= highest


def test_read_examples_of_a_plain_cnn(tmp_path):
    job = make_job(tmp_path, "model.transformer=null")
    examples = make_split_view(job.config, job.dataset, "validation").examples()
    read = read_examples(loaded(job, make_model(job)), examples, np.array([2]))
    assert (read.V, read.grid) == (None, None)
    [item] = read.items
    assert (item.theta, item.parts, item.terms) == (None, None, None)
    assert item.true == job.dataset.validation.labels[2]


def test_read_examples_of_sums(tmp_path):
    job = make_job(tmp_path, "model.transformer=null", "data.distortion=addition")
    examples = make_split_view(job.config, job.dataset, "test").examples()
    items = read_examples(loaded(job, make_model(job)), examples, INDICES).items
    labels = job.dataset.test.labels
    for item in items:
        assert item.terms == [
            labels[image.image_indices[item.index]] for image in examples.distortions
        ]
        assert item.true == sum(item.terms)
    assert json.loads(json.dumps(asdict(items[0]))) == asdict(items[0])


@pytest.mark.parametrize("family", FAMILIES, ids=name_of)
def test_read_examples_of_each_family(family, tmp_path):
    """The parts of theta are those of its family, and can be written as JSON."""
    settings = {**family, "align_corners": False}
    overrides = [f"model.transformer.{key}={json.dumps(settings[key])}" for key in settings]
    job = make_job(tmp_path, *overrides)
    transform = configured_transform(job.config.model.transformer)
    model = make_model(job)
    theta = model.get_layer("theta")
    kernel = np.random.default_rng(0).normal(scale=0.01, size=theta.kernel.shape)
    theta.set_weights([kernel, transform.identity() + 0.1])
    items = [asdict(item) for item in read(model, job).items]
    for item in items:
        found = np.array(item["theta"])
        assert 0 < np.abs(found - transform.identity() - 0.1).max() < 0.3
        assert item["parts"] == transform.describe(found, (SIDE, SIDE), align_corners=False)
    assert json.loads(json.dumps(items, allow_nan=False)) == items


class ExtremeRun(LoadedRun):
    """Run whose logits, theta and theta's parts are finite, but as large as possible."""

    def predict(self, examples, indices=None, **_options):
        theta = np.full((len(indices), 6), 3e38, "float32")
        logits = np.tile(np.array([3e38, *[-3e38] * 9], "float32"), (len(indices), 1))
        return {"logits": logits, "theta": theta}


def test_read_examples_of_extreme_outputs_is_strict_json(job):
    run = ExtremeRun(RunDirectory(Path("runs/x")), job, None, num_epochs=1)
    items = [asdict(item) for item in read_examples(run, job.examples("test"), INDICES).items]
    assert parse_json(json_bytes({"items": items}), "items")["items"] == items
    for item in items:
        assert item["loss"] == pytest.approx(6e38 if item["true"] else 0)
    assert [item["probability"] for item in items] == [1.0] * 4
