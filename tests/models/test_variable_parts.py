import pytest

from stnctl.config.load import parse_config
from stnctl.config.part_sections import Freeze
from stnctl.config.stage_section import StageConfig
from stnctl.config.train_section import TrainConfig
from stnctl.models.network import trace_network
from stnctl.models.variable_parts import (
    freeze_layers,
    num_trained,
    part_of,
    parts_of_trainable,
)
from tests.models.small import small_model

pytestmark = pytest.mark.usefixtures("keras_backend")


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("localization_conv_1", "localization"),
        ("localization", "localization"),
        ("theta", "localization"),
        ("theta_2", "localization"),
        ("spatial_transformer", "classifier"),
        ("conv_1", "classifier"),
        ("my_theta", "classifier"),
    ],
)
def test_part_of(name, part):
    assert part_of(name) == part


def test_parts_of_trainable_follow_the_variables():
    """The gradients of theta reach one part, those after the transformer the other."""
    model = small_model()
    parts = dict(
        zip([v.path for v in model.trainable_variables], parts_of_trainable(model), strict=True)
    )
    heads = {"theta/bias": "localization", "logits/bias": "classifier"}
    assert parts.items() >= heads.items()
    assert set(parts.values()) == {"localization", "classifier"}


def test_freeze_layers_keeps_all_weights():
    model, whole = small_model(), small_model()
    freeze_layers(model, Freeze(localization="always", classifier="2 epochs"))
    assert parts_of_trainable(model) == ["classifier"] * len(model.trainable_variables)
    paths = [variable.path for variable in whole.weights]
    assert [variable.path for variable in model.weights] == paths
    assert 0 < len(model.trainable_variables) < len(whole.trainable_variables)


@pytest.mark.parametrize(
    ("stages", "parts"),
    [
        ([], {"localization"}),
        ([StageConfig(epochs=1)], {"localization"}),
        ([StageConfig(epochs=1, freeze=Freeze())], {"localization", "classifier"}),
    ],
)
def test_num_trained_counts_the_parts_of_all_stages(stages, parts):
    config = parse_config("model: {transformer: {}}", where="x")
    network = trace_network(config.model, (28, 28, 1), 10)
    train = TrainConfig(epochs=3, freeze=Freeze(classifier="always"), stages=tuple(stages))
    expected = sum(node.trainable for node in network.nodes if part_of(node.name) in parts)
    assert num_trained(network, train) == expected
