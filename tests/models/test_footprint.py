import math

import pytest

from stnctl.config.load import parse_config
from stnctl.data.split_view import CHUNK
from stnctl.errors import ConfigError
from stnctl.models.build import build_model
from stnctl.models.footprint import (
    check_limits,
    num_parameters,
    prediction_bytes,
    training_bytes,
)

SHAPE, NUM_CLASSES = (20, 22, 2), 7
SMALL = (
    "model.classifier.filters=[3, 4]",
    "model.classifier.units=5",
    "model.transformer={localization: {filters: [4, 3], kernel_size: 2}}",
)
LOCALIZATION = "model.transformer.localization"


def config_of(*overrides):
    return parse_config("", where="x", overrides=(*SMALL, *overrides))


@pytest.mark.parametrize(
    "overrides",
    [
        (),
        ("model.transformer=null",),
        ("model.classifier.filters=[]",),
        ("model.classifier.dropout=0.5",),
        (f"{LOCALIZATION}.bottleneck={{units: 3}}",),
        (f"{LOCALIZATION}.filters=[]",),
        (f"{LOCALIZATION}.head=bounded",),
        (f"{LOCALIZATION}.head=sigmoid",),
        ("model.transformer.output_size=[13, 17]",),
        ("model.transformer.constraints=[[null, 0, null], [0, null, null]]",),
        ("model.transformer.transform=thin_plate_spline",),
        ("model.transformer.transform=projective",),
        ("model.transformer.transform=attention",),
        ("model.transformer.transform=diffeomorphic_affine",),
    ],
    ids=str,
)
@pytest.mark.usefixtures("keras_backend")
def test_num_parameters_equals_that_of_keras(overrides):
    config = config_of(*overrides)
    counted = build_model(config, SHAPE, NUM_CLASSES).count_params()
    assert num_parameters(config.model, SHAPE, NUM_CLASSES) == counted


def test_bytes_of_a_dense_network():
    """The expected numbers of parameters and activations are written out."""
    config = config_of(
        "model.transformer=null", "model.classifier.filters=[]", "train.batch_size=10"
    )
    parameters = (20 * 22 * 2 + 1) * 5 + (5 + 1) * NUM_CLASSES
    values = 20 * 22 * 2 + 5 + NUM_CLASSES
    assert training_bytes(config, SHAPE, NUM_CLASSES).total() == 4 * (
        4 * parameters + 2 * 10 * values
    )
    assert prediction_bytes(config.model, SHAPE, NUM_CLASSES, 10) == 4 * (parameters + 10 * values)


@pytest.mark.parametrize(
    ("override", "factor"),
    [("train.optimizer=sgd", 2), ("train.ema=0.9", 5), ("train.epochs=1", 4)],
)
def test_training_bytes_counts_optimizer_state(override, factor):
    one = config_of("train.batch_size=1", override)
    two = config_of("train.batch_size=2", override)
    a, b = (training_bytes(config, SHAPE, NUM_CLASSES).total() for config in (one, two))
    assert 2 * a - b == 4 * factor * num_parameters(one.model, SHAPE, NUM_CLASSES)


def test_check_limits_at_the_limit():
    config = config_of()
    parameters = num_parameters(config.model, SHAPE, NUM_CLASSES)
    num_bytes = training_bytes(config, SHAPE, NUM_CLASSES).total()
    limits = (f"limits.max_parameters={parameters}", f"limits.max_bytes={num_bytes}")
    check_limits(config_of(*limits), SHAPE, NUM_CLASSES)
    for key, value in (("max_parameters", parameters - 1), ("max_bytes", num_bytes - 1)):
        with pytest.raises(ConfigError, match=rf"limits\.{key}: .*the limit is {value:,}; "):
            check_limits(config_of(*limits, f"limits.{key}={value}"), SHAPE, NUM_CLASSES)


def test_check_limits_names_the_largest_section():
    config = config_of("model.classifier.units=4096", "model.classifier.filters=[4096]")
    with pytest.raises(ConfigError, match=r"parameters.*; model\.classifier has most") as error:
        check_limits(config, (64, 64, 1), NUM_CLASSES)
    assert "--set limits.max_parameters=N" in error.value.hint


def test_check_limits_counts_activations_of_a_batch():
    config = config_of("model.transformer.output_size=[4096, 4096]", "train.batch_size=64")
    with pytest.raises(ConfigError, match=r"max_bytes: the network needs") as error:
        check_limits(config, SHAPE, NUM_CLASSES)
    assert "; model.transformer has most of them" in str(error.value)
    assert error.value.hint.startswith("make model.transformer smaller, or raise the limit: --set")


def test_check_limits_sums_the_parts_of_a_section():
    """The localization network is the largest section, but the classifier has the largest layer."""
    overrides = (
        f"{LOCALIZATION}={{filters: [], bottleneck: {{units: 700}}}}",
        "model.transformer.transform=thin_plate_spline",
        "model.transformer.control_points=[32, 32]",
        "model.transformer.output_size=[1, 400]",
        "model.classifier={filters: [], units: 1800}",
        "limits.max_parameters=9",
    )
    with pytest.raises(ConfigError, match=r"; model\.transformer\.localization has most of them"):
        check_limits(config_of(*overrides), SHAPE, NUM_CLASSES)


@pytest.mark.parametrize("distortion", ["R", "[rotate]", "addition"])
def test_training_bytes_counts_a_chunk_of_distorted_images(distortion):
    plain = training_bytes(config_of(), SHAPE, NUM_CLASSES).total()
    distorted = training_bytes(
        config_of(f"data.distortion={distortion}"), SHAPE, NUM_CLASSES
    ).total()
    assert distorted - plain >= 4 * CHUNK * math.prod(SHAPE)


@pytest.mark.parametrize("distortion", ["none", "[]", "{set: none}"])
def test_training_bytes_counts_no_chunk_of_plain_images(distortion):
    plain = training_bytes(config_of(), SHAPE, NUM_CLASSES).total()
    assert (
        training_bytes(config_of(f"data.distortion={distortion}"), SHAPE, NUM_CLASSES).total()
        == plain
    )


def test_check_limits_rejects_a_large_canvas():
    config = config_of("data.distortion={set: T, canvas: [512, 512]}", "train.batch_size=1")
    with pytest.raises(ConfigError, match=r"max_bytes: .*; data\.distortion has most") as error:
        check_limits(config, (512, 512, 3), NUM_CLASSES)
    assert error.value.hint.startswith("give it a smaller canvas")
