import base64
import io
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from stnctl.config.distortion_sets import SETS
from stnctl.evaluation.classification_metrics import cross_entropy, log_probabilities
from stnctl.evaluation.run_loader import first_model, load_run
from stnctl.models.layers.conv import Convolution
from stnctl.models.state import training_state_of, weights_of
from stnctl.reports.explorer import operation_documents
from stnctl.reports.explorer.network_export import export_run, reason_not_to_draw
from stnctl.reports.explorer.operation_documents import OPERATIONS, operation_document
from stnctl.reports.explorer.page_models import logits_of
from stnctl.reports.explorer.page_weights import planned_dtypes
from stnctl.reports.explorer.run_facts import SET_WORDS
from stnctl.runs.checkpoint_writer import save_checkpoint, set_pointer
from stnctl.runs.directory import RunDirectory
from stnctl.runs.snapshots import Snapshots, write_snapshots
from stnctl.storage.json_files import json_bytes
from stnctl.training.setup import make_model
from tests.models.small import traced
from tests.tiny import SIDE, make_job, make_run

pytestmark = pytest.mark.usefixtures("keras_backend")

ROOM = 300_000
BEST, LAST = 3, 6
VECTORS = "float32"
ROOMS = (1_700_000, 1_300_000, 900_000, 500_000, 300_000)


def trained_run(job, folder) -> RunDirectory:
    """Return a run with the checkpoints of epochs 1, the best, and 2, and with snapshots."""
    run, model = make_run(job, folder), make_model(job)
    rng = np.random.default_rng(1)
    for step, epoch in ((BEST, 1), (LAST, 2)):
        logits = model.get_layer("logits")
        logits.set_weights([3 * rng.standard_normal(each.shape) for each in logits.get_weights()])
        if job.network.transformers:
            head = next(each for each in model.layers if each.name.startswith("theta"))
            head.set_weights([w + 0.01 * epoch for w in head.get_weights()])
        save_checkpoint(run, step, training_state_of(model), {"position": {"epoch": epoch}})
    set_pointer(run, "best", BEST, {})
    set_pointer(run, "last", LAST, {"epoch": 2})
    write_snapshots(run, snapshots_of(job))
    return run


def snapshots_of(job, indices=(1, 0, 4)) -> Snapshots:
    """Return snapshots whose epoch 0 has the predictions of the first weights."""
    U = job.examples("validation").inputs(np.array(indices))
    probabilities = np.exp(log_probabilities(logits_of(first_model(job), U)))
    return Snapshots(
        np.array(indices),
        np.array([0, 1]),
        np.tile(probabilities.argmax(axis=1), (2, 1)).astype("int32"),
        np.tile(probabilities.max(axis=1), (2, 1)).astype("float32"),
        {
            each.name: np.arange(36, dtype="float32").reshape(2, 3, 6) / 36
            for each in job.network.transformers
        },
    )


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    return load_run(trained_run(make_job(folder, "data.distortion=R"), folder).path)


@pytest.fixture(scope="module")
def document(loaded):
    return export_run(loaded, max_bytes=ROOM)


def tiles_of(sprite):
    """Return the images of a sprite, (n, C, H, W), uint8."""
    png = base64.b64decode(sprite["url"].removeprefix("data:image/png;base64,"))
    pixels = np.array(Image.open(io.BytesIO(png)))
    height, width, columns = sprite["height"], sprite["width"], sprite["columns"]
    cells = pixels.reshape(-1, height, columns, width).swapaxes(1, 2).reshape(-1, height, width)
    count = sprite["count"] * sprite["channels"]
    return cells[:count].reshape(sprite["count"], sprite["channels"], height, width)


def decoded(array):
    """Return the values of an array of weights, without the code of the export."""
    raw = base64.b64decode(array["data"])
    values = np.frombuffer(raw, {"float32": "<f4", "float16": "<f2", "int8": "i1"}[array["dtype"]])
    scale = np.frombuffer(base64.b64decode(array["scale"]), "<f4") if "scale" in array else 1
    return values.reshape(array["shape"]).astype("float32") * scale


def test_export_is_json_within_the_room(document):
    assert len(json_bytes(document, indent=None)) < ROOM
    assert document["name"] == "x"
    assert document["classes"] == [str(label) for label in range(10)]
    assert document["notes"] == []
    assert document["drawing"] is None


def test_facts_explain_the_names_of_the_config(document, loaded):
    facts = dict(document["facts"])
    config = loaded.config
    assert facts["Distortion of the images"] == "R: rotated"
    assert facts["Data"] == config.data.source.rpartition("/")[2]
    assert facts["Transformers"] == "affine"
    assert facts["Network after them"] == config.model.classifier.network
    assert facts["Parameters"].replace(",", "") == str(loaded.model.count_params())


def test_sets_of_distortions_have_words():
    assert set(SET_WORDS) == set(SETS)


def test_digits_are_those_of_the_run(loaded, document):
    digits, examples = document["digits"], loaded.examples("test")
    indices = np.array(digits["indices"])
    assert sorted(indices) == list(range(32))
    U = examples.inputs(indices)
    np.testing.assert_array_equal(
        tiles_of(digits), np.rint(255 * np.moveaxis(U, 3, 1)).astype(np.uint8)
    )
    logits = loaded.predict(examples, indices)
    assert digits["labels"] == examples.labels[indices].tolist()
    assert digits["predicted"] == logits.argmax(axis=1).tolist()
    losses = cross_entropy(logits, examples.labels[indices])
    worst = digits["numWorst"]
    assert worst == 6
    assert losses[:worst].min() >= losses[worst:].max()


def test_digits_after_the_worst_have_all_classes_in_turn(document):
    digits = document["digits"]
    assert digits["terms"] is None
    rest = digits["labels"][digits["numWorst"] :]
    present = sorted(set(rest))
    assert rest[: len(present)] == present


def test_weights_are_those_of_the_checkpoints(loaded, document):
    """Kernels differ by the rounding of their precision, and vectors not at all."""
    epochs = [each["epoch"] for each in document["checkpoints"]]
    titles = [each["title"] for each in document["checkpoints"]]
    assert epochs == [0, 1, 2]
    assert titles == ["before the training", "epoch 1, the best", "epoch 2"]
    assert document["shown"] == 1
    shown = document["checkpoints"][1]
    assert shown["dtype"] == "float16"
    for node in loaded.job.network.nodes:
        if not node.parameters:
            assert node.name not in shown["layers"]
            continue
        layer = loaded.model.get_layer(node.name)
        for variable in layer.weights:
            expected, array = np.asarray(variable), shown["layers"][node.name][variable.name]
            assert array["dtype"] == (VECTORS if expected.ndim == 1 else "float16")
            np.testing.assert_allclose(decoded(array), expected, rtol=1e-3, atol=1e-7)
            small = document["checkpoints"][0]["layers"][node.name][variable.name]
            first = np.asarray(first_model(loaded.job).get_layer(node.name).weights[0])
            if small["dtype"] == "int8" and variable.name == "kernel":
                step = np.abs(first).max(axis=tuple(range(first.ndim - 1))) / 127
                assert (np.abs(decoded(small) - first) <= 0.5 * step + 1e-6).all()


def test_stated_errors_are_those_of_the_decoded_weights(loaded, document):
    for checkpoint in document["checkpoints"]:
        assert 0 < checkpoint["error"]["logits"] < 1
        assert 0 < checkpoint["error"]["probabilities"] < 0.2
    shown = document["checkpoints"][1]
    job, digits = loaded.job, document["digits"]
    model = first_model(job)
    for name, layer in shown["layers"].items():
        target = model.get_layer(name)
        target.set_weights([decoded(layer[each.name]) for each in target.weights])
    U = np.moveaxis(tiles_of(digits), 1, 3).astype(np.float32) / 255
    expected = loaded.predict(loaded.examples("test"), np.array(digits["indices"]))
    error = np.abs(logits_of(model, U) - expected).max()
    assert error == pytest.approx(shown["error"]["logits"], rel=1e-3)


def test_training_has_the_snapshots(loaded, document):
    training, snapshots = document["training"], snapshots_of(loaded.job)
    assert training["epochs"] == [0, 1]
    assert training["predicted"] == snapshots.predicted.tolist()
    examples = loaded.job.examples("validation")
    assert training["labels"] == examples.labels[snapshots.indices].tolist()
    for name, theta in snapshots.thetas.items():
        np.testing.assert_array_equal(decoded(training["thetas"][name]), theta)
    assert tiles_of(training["images"]).shape == (3, 1, SIDE, SIDE)


def test_planned_dtypes_fit_the_room():
    """Of the article's network, a checkpoint in float16 needs 0.8 MB, and one in int8 0.4 MB."""
    network = traced("{transformer: {}}", (28, 28, 1), 10)
    plans = [planned_dtypes(network, 3, 1, room) for room in ROOMS]
    assert plans == [
        ["int8", "float16", "int8"],
        ["int8", "int8", "int8"],
        [None, "float16", None],
        [None, "int8", None],
        [None, None, None],
    ]
    assert planned_dtypes(network, 1, 0, ROOMS[2]) == ["float16"]


def test_without_room_the_network_is_not_in_the_page(loaded, document):
    rest = len(json_bytes(document | {"checkpoints": []}, indent=None))
    smaller = export_run(loaded, max_bytes=rest)
    assert smaller["checkpoints"] == []
    assert "too many for the page" in smaller["notes"][-1]
    assert smaller["digits"]["count"] >= 1


def test_last_checkpoint_is_shown_if_it_is_loaded(loaded):
    last = load_run(loaded.run.path, checkpoint="last")
    document = export_run(last, checkpoint="last", max_bytes=ROOM)
    assert [each["epoch"] for each in document["checkpoints"]] == [0, 1, 2]
    assert document["shown"] == 2


def test_an_unknown_operation_is_named_and_the_rest_is_there(loaded, monkeypatch):
    known = {key: value for key, value in OPERATIONS.items() if key is not Convolution}
    monkeypatch.setattr(operation_documents, "OPERATIONS", known)
    document = export_run(loaded, max_bytes=ROOM)
    assert document["checkpoints"] == []
    assert document["notes"] == [
        "The page can't compute the operation Convolution, so this network does not run in it."
    ]
    assert document["digits"]["count"] == 32
    assert document["training"] is not None
    assert operation_document(Convolution(1, 1)) == {"op": "unknown"}


def test_first_weights_need_the_predictions_of_the_run(loaded, tmp_path):
    run = trained_run(make_job(tmp_path, "data.distortion=R"), tmp_path)
    snapshots = snapshots_of(loaded.job)
    other = replace(snapshots, probabilities=snapshots.probabilities - np.float32(0.01))
    write_snapshots(run, other)
    document = export_run(load_run(run.path), max_bytes=ROOM)
    assert [each["epoch"] for each in document["checkpoints"]] == [1, 2]


def test_damaged_files_are_named_and_the_rest_is_there(tmp_path):
    run = trained_run(make_job(tmp_path), tmp_path)
    loaded = load_run(run.path)
    run.snapshots.write_bytes(b"PK")
    (run.checkpoints / f"step-{LAST:08d}" / "state.npz").write_bytes(b"")
    document = export_run(loaded, max_bytes=ROOM)
    training, checkpoint = document["notes"]
    assert training.startswith("The page does not show the training: ")
    assert checkpoint.startswith("A checkpoint is not in the page: ")
    assert document["training"] is None
    assert [each["epoch"] for each in document["checkpoints"]] == [1]


def test_sums_have_their_terms_and_are_not_drawn(tmp_path):
    job = make_job(tmp_path, "data.distortion=addition", "model.transformer=null")
    loaded = load_run(trained_run(job, tmp_path).path)
    document = export_run(loaded, max_bytes=ROOM)
    digits = document["digits"]
    assert [sum(terms) for terms in digits["terms"]] == digits["labels"]
    assert digits["channels"] == 2
    assert "2 maps at once" in document["drawing"]
    assert document["training"] is None
    assert "color" in reason_not_to_draw(SimpleNamespace(input_shape=(8, 8, 3)))


def test_weights_of_the_loaded_model_do_not_change(loaded):
    before = weights_of(loaded.model)
    export_run(loaded, max_bytes=ROOM)
    for name, array in weights_of(loaded.model).items():
        np.testing.assert_array_equal(array, before[name])
