import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from scipy.special import log_softmax

from stnctl.data.split_view import make_split_view, network_input
from stnctl.errors import DivergedError
from stnctl.evaluation.loaded_run import LoadedRun
from stnctl.geometry import TRANSFORMS, sample, warp
from stnctl.inspection.examples import read_examples
from stnctl.models.theta import configured_transform
from stnctl.runs.directory import RunDirectory
from stnctl.storage.json_files import json_bytes, parse_json
from stnctl.training.setup import make_model
from tests.inspection.networks import (
    BRANCHES,
    INDICES,
    INNER,
    PAIR,
    ROTATED,
    SHIFTED,
    STEPS,
    inspected,
    job_of,
    loaded,
    model_of,
    transformer,
)
from tests.models.small import FAMILIES, name_of
from tests.tiny import SIDE, make_job, make_run

pytestmark = pytest.mark.usefixtures("keras_backend")


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
    theta.set_weights([kernel, np.array(ROTATED)])
    return model


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
    [maps] = examples.transformers
    thetas = np.array([item.theta for item in examples.items])
    assert np.abs(thetas - ROTATED).max() < 0.3
    assert len(np.unique(thetas, axis=0)) == 3
    affine = TRANSFORMS["affine"]
    grid = affine.grid(thetas, (9, 10))
    assert maps.grid.shape == (4, 9, 10, 2)
    np.testing.assert_allclose(maps.grid, grid, atol=1e-6)
    V = warp(examples.U.astype("float64"), thetas, output_size=(9, 10))
    assert maps.V.shape == (4, 9, 10, 1)
    np.testing.assert_allclose(maps.V, V, atol=1e-4)
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
    assert read.transformers == []
    [item] = read.items
    assert (item.theta, item.parts, item.terms, item.transformers) == (None,) * 4
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


@pytest.mark.parametrize(
    ("model", "thetas", "places"),
    [
        (STEPS, [ROTATED], [("model.transformer", 0, 0), ("model.transformer", 1, 0)]),
        (PAIR, [ROTATED, SHIFTED], [("model.transformer", 0, 0), ("model.transformer", 0, 1)]),
        (
            BRANCHES,
            [ROTATED, [0.5]],
            [
                ("model.classifier[0].branches[0][0]", 0, 0),
                ("model.classifier[0].branches[1][0]", 0, 0),
            ],
        ),
    ],
    ids=["steps", "pair", "branches"],
)
def test_read_examples_of_several_transformers(model, thetas, places, tmp_path):
    """Each transformer samples the input; V, theta and its parts are those of its grid."""
    examples = inspected(job_of(tmp_path, model), *thetas)
    for number, maps in enumerate(examples.transformers):
        family = maps.transformer.sampling.family
        np.testing.assert_array_equal(maps.U, examples.U)
        grid = family.grid(maps.theta.astype("float64"), (SIDE, SIDE))
        np.testing.assert_allclose(maps.grid, grid, atol=1e-6)
        np.testing.assert_allclose(maps.V, sample(examples.U, grid), atol=1e-4)
        for theta, item in zip(maps.theta, examples.items, strict=True):
            described = item.transformers[number]
            assert described.name == maps.transformer.name
            assert (described.key, described.step, described.branch) == places[number]
            assert described.theta == theta.tolist()
            assert described.parts == family.describe(theta, (SIDE, SIDE))
    assert len(examples.transformers) == len(places)
    documents = [item.document() for item in examples.items]
    assert parse_json(json_bytes({"items": documents}), "items")["items"] == documents
    assert {(each["theta"], each["parts"]) for each in documents} == {(None, None)}


def test_read_examples_of_a_transformer_inside_the_network(tmp_path):
    """The parts of theta are in pixels of its map; the document has no key `transformers`."""
    examples = inspected(job_of(tmp_path, INNER), ROTATED)
    [maps] = examples.transformers
    assert (maps.U.shape, maps.V.shape) == ((4, SIDE - 2, SIDE - 2, 3), (4, 5, 6, 3))
    parts = TRANSFORMS["affine"].describe(np.float32(ROTATED), (SIDE - 2, SIDE - 2))
    for item in examples.items:
        assert (item.theta, item.parts) == (np.float32(ROTATED).tolist(), parts)
        assert list(item.document()) == [
            "index", "true", "predicted", "probability", "loss", "terms", "theta", "parts",
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("thetas", "name"),
    [
        (([np.inf], [0.0] * 6), "theta of spatial_transformer"),
        (([0.1], [1e3] * 6), "parts of theta of spatial_transformer_2"),
    ],
    ids=["theta", "parts"],
)
def test_read_examples_names_a_diverged_transformer(thetas, name, tmp_path):
    """The second transform is a matrix exponential, so a finite theta may have infinite parts."""
    sections = [transformer("rotation"), transformer("diffeomorphic_affine")]
    job = job_of(tmp_path, {"transformer": sections})
    run = LoadedRun(make_run(job, tmp_path), job, model_of(job, *thetas), num_epochs=1)
    with pytest.raises(DivergedError, match=f"expected finite {name}, got infinity"):
        read_examples(run, job.examples("test"), INDICES)


class ExtremeRun(LoadedRun):
    """Run whose logits, theta and theta's parts are finite, but as large as possible."""

    def predict(self, examples, indices=None, **_options):
        theta = np.full((len(indices), 6), 3e38, "float32")
        logits = np.tile(np.array([3e38, *[-3e38] * 9], "float32"), (len(indices), 1))
        maps = {name: np.ones((len(indices), SIDE, SIDE, 1)) for name in ("U", "grid", "V")}
        results = {f"spatial_transformer/{name}": each for name, each in maps.items()}
        return {"logits": logits, "spatial_transformer/theta": theta, **results}


def test_read_examples_of_extreme_outputs_is_strict_json(job):
    run = ExtremeRun(RunDirectory(Path("runs/x")), job, None, num_epochs=1)
    items = [asdict(item) for item in read_examples(run, job.examples("test"), INDICES).items]
    assert parse_json(json_bytes({"items": items}), "items")["items"] == items
    for item in items:
        assert item["loss"] == pytest.approx(6e38 if item["true"] else 0)
    assert [item["probability"] for item in items] == [1.0] * 4
