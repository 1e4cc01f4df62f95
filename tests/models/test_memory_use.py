"""Arithmetic of the estimate. `tests/models/test_memory_measured.py` compares it with reality."""

import pytest

from stnctl.config.load import parse_config
from stnctl.data.chunk import CHUNK
from stnctl.models.memory_use import prediction_bytes, state_bytes, step_values, training_bytes
from stnctl.models.network import trace_network

SHAPE, NUM_CLASSES = (20, 22, 2), 7
PIXELS = 20 * 22
DENSE = ("model.classifier={filters: [], units: 5}",)
PARAMETERS = (PIXELS * 2 + 1) * 5 + (5 + 1) * NUM_CLASSES
TRANSFORMER = (*DENSE, "model.transformer={localization: {filters: []}}")


def config_of(*overrides):
    return parse_config("", where="x", overrides=overrides)


def training_of(*overrides, shape=SHAPE):
    config = config_of(*overrides)
    return training_bytes(config, trace_network(config.model, shape, NUM_CLASSES)).total()


def test_training_bytes_of_a_dense_network():
    """U with its copies, the activations of two layers, and the gradients of both at the end."""
    images = 1000 * (4 * PIXELS * 2 + 2 * (5 + NUM_CLASSES))
    # weight, gradient and two slots; two copies of a checkpoint of three; 2.5 of the largest array
    weights = (4 + 2 * 3) * PARAMETERS + round(2.5 * (PIXELS * 2 + 1) * 5)
    assert training_of(*DENSE, "train.batch_size=1000") == 4 * (images + weights)


@pytest.mark.parametrize(
    ("overrides", "in_step", "in_checkpoint"),
    [
        (("train.optimizer=sgd",), 2, 1),
        (("train.optimizer=sgd", "train.momentum=0.9"), 3, 2),
        (("train.optimizer=sgd", "train.ema=0.9"), 3, 3),
        (("train.optimizer=adam",), 4, 3),
        (("train.optimizer=adam", "train.ema=0.9"), 5, 5),
    ],
)
def test_training_bytes_counts_the_copies_of_weights(overrides, in_step, in_checkpoint):
    """Two networks differ only in the number of classes, so not in their largest array."""
    config = config_of(*DENSE, *overrides, "train.batch_size=1000")
    networks = [trace_network(config.model, SHAPE, classes) for classes in (2, 12)]
    few, many = (training_bytes(config, network).total() for network in networks)
    parameters, activations = 10 * 6, 1000 * 2 * 10
    assert many - few == 4 * ((in_step + 2 * in_checkpoint) * parameters + activations)
    expected = 4 * in_checkpoint * networks[0].parameters
    assert state_bytes(config, networks[0]).total() == expected


def test_prediction_bytes_of_a_dense_network():
    values = 2 * PIXELS * 2 + 2 * NUM_CLASSES
    weights = PARAMETERS + round(2.25 * (PIXELS * 2 + 1) * 5)
    found = prediction_bytes(trace_network(config_of(*DENSE).model, SHAPE, NUM_CLASSES), 10)
    assert found == 4 * (10 * values + weights)


@pytest.mark.parametrize("distortion", ["R", "[rotate]", "addition"])
def test_training_bytes_counts_a_chunk_of_distorted_images(distortion):
    distorted = (*DENSE, "train.batch_size=1", f"data.distortion={distortion}")
    assert training_of(*distorted) >= 4 * CHUNK * 7 * PIXELS


@pytest.mark.parametrize("distortion", ["none", "[]", "{set: none}"])
def test_training_bytes_counts_no_chunk_of_plain_images(distortion):
    assert training_of(*DENSE, f"data.distortion={distortion}") == training_of(*DENSE)


def test_training_bytes_grows_with_the_interpolation():
    """These need more arrays for taps or for the prefilter than bilinear interpolation."""
    base = (*TRANSFORMER, "train.batch_size=512")
    sizes = [
        training_of(*base, f"model.transformer.interpolation={name}", shape=(128, 128, 1))
        for name in ("nearest", "bilinear", "bicubic", "quadratic", "area")
    ]
    assert sizes[0] == sizes[1] < sizes[2] < sizes[3] < sizes[4]


CONV = "{layer: conv, filters: 3, kernel_size: 1, activation: linear}"
MAP = PIXELS * 3


@pytest.mark.parametrize(
    ("layers", "kept"),
    [
        (f"[{CONV}, dense]", [1]),
        (f"[{CONV}, activation, dense]", [0, 1]),  # relu needs its result only
        (f"[{CONV}, pool, dense]", [1, 0.25]),
        (f"[{CONV}, {{layer: pool, kind: global}}, dense]", [0, 3 / MAP]),
        (f"[{CONV}, batch_norm, activation, dense]", [1, 0, 1]),
        (f"[{CONV}, dropout, dense]", [1, 1]),
        (f"[{CONV}, flatten, {{layer: dense, units: 1}}]", [1, 0]),  # the vector is a view
        (f"[{CONV}, {{layer: residual, layers: [{CONV}]}}, dense]", [1, 1]),
        (f"[{CONV}, {{layer: parallel, branches: [[activation], []]}}, dense]", [0, 2]),
    ],
)
def test_step_values_are_those_that_gradients_need(layers, kept):
    """A large dense layer at the end has the most values, so it alone counts its gradients."""
    network = trace_network(
        config_of(
            f"model.classifier={layers.replace(', dense', ', {layer: dense, units: 4096}')}"
        ).model,
        SHAPE,
        NUM_CLASSES,
    )
    values = step_values(network, 10)
    assert [values[f"model.classifier[{k}]"] for k in range(len(kept))] == [
        round(10 * MAP * share) for share in kept
    ]


@pytest.mark.parametrize(
    "keys",
    [
        "train.penalties={consistency: {}}",
        "train.stages=[{epochs: 1, penalties: {consistency: {}}}]",
    ],
)
def test_training_bytes_counts_the_changed_images(keys):
    """A second U with its chunks, and a second theta."""
    plain, changed = (
        training_of(*TRANSFORMER, *more, "train.batch_size=5000") for more in ((), (keys,))
    )
    assert changed - plain == 4 * (5000 * 6 + PIXELS * 2 * (5000 + 2 * CHUNK))
