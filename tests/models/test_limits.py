import pytest

from stnctl.errors import ConfigError
from stnctl.models.limits import check_limits
from stnctl.models.memory_use import state_bytes, training_bytes
from stnctl.models.network import trace_network
from stnctl.runs.checkpoint_reader import MAX_STATE_BYTES
from tests.models.small_config import LOCALIZATION, NUM_CLASSES, SHAPE, config_of


def check(config, shape=SHAPE, num_classes=NUM_CLASSES):
    check_limits(config, trace_network(config.model, shape, num_classes))


def test_check_limits_at_the_limit():
    config = config_of()
    network = trace_network(config.model, SHAPE, NUM_CLASSES)
    parameters, num_bytes = network.parameters, training_bytes(config, network).total()
    limits = (f"limits.max_parameters={parameters}", f"limits.max_bytes={num_bytes}")
    check(config_of(*limits))
    for key, value in (("max_parameters", parameters - 1), ("max_bytes", num_bytes - 1)):
        with pytest.raises(ConfigError, match=rf"limits\.{key}: .*the limit is {value:,}; "):
            check(config_of(*limits, f"limits.{key}={value}"))


def test_check_limits_names_the_largest_section():
    config = config_of("model.classifier.units=4096", "model.classifier.filters=[4096]")
    with pytest.raises(ConfigError, match=r"parameters.*; model\.classifier has most") as error:
        check(config, (64, 64, 1))
    assert "--set limits.max_parameters=N" in error.value.hint


def test_check_limits_counts_activations_of_a_batch():
    overrides = ("model.transformer.output_size=[4096, 4096]", "model.classifier.filters=[]")
    config = config_of(*overrides, "train.batch_size=64", "limits.max_parameters=200000000")
    with pytest.raises(ConfigError, match=r"max_bytes: the training needs") as error:
        check(config)
    assert "; model.transformer has most of them" in str(error.value)
    assert error.value.hint.startswith("make model.transformer smaller, or raise the limit: --set")


def test_check_limits_sums_the_parts_of_a_section():
    """The localization network is the largest section, but the classifier has the largest layer."""
    overrides = (
        f"{LOCALIZATION}={{network: paper_fcn, units: [500, 500]}}",
        "model.transformer.output_size=[1, 400]",
        "model.classifier={network: paper_fcn, units: [800]}",
        "limits.max_parameters=9",
    )
    with pytest.raises(ConfigError, match=r"; model\.transformer\.localization has most of them"):
        check(config_of(*overrides))


def test_check_limits_rejects_a_large_canvas():
    overrides = ("data.distortion={set: T, canvas: [512, 512]}", "limits.max_bytes=1000000000")
    config = config_of(*overrides, "train.batch_size=1")
    with pytest.raises(ConfigError, match=r"max_bytes: .*; data\.distortion has most") as error:
        check(config, (512, 512, 3))
    assert error.value.hint.startswith("give it a smaller canvas")


def test_check_limits_rejects_a_checkpoint_that_could_not_be_read():
    """The limit is that of the reader of checkpoints, and no configuration raises it."""
    overrides = (
        "model.transformer=null",
        "model.classifier={filters: [], units: 4096}",
        f"limits={{max_parameters: {2**50}, max_bytes: {2**50}}}",
    )
    side = 256  # 268 million parameters, and two values of Adam for each
    config = config_of(*overrides)
    network = trace_network(config.model, (side, side, 1), 10)
    assert state_bytes(config, network).total() > 3_000_000_000
    check_limits(config, network)
    config = config_of(*overrides, "train.ema=0.9")
    limit = f"expected at most {MAX_STATE_BYTES:,}; model.classifier has most of them"
    with pytest.raises(ConfigError, match=rf"needs about 5,\d+,\d+,\d+ bytes, {limit}") as error:
        check_limits(config, network)
    assert error.value.hint == (
        "make model.classifier smaller, or use the optimizer sgd without train.ema"
    )
