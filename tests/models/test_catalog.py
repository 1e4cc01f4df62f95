import pytest

from stnctl.config.load import parse_config
from stnctl.models.catalog import named_networks
from stnctl.models.network import trace_network

NETWORKS = list(named_networks())


@pytest.mark.parametrize("network", NETWORKS, ids=lambda each: f"{each.kind}-{each.name}")
def test_yaml_is_the_network(network):
    """The YAML gives the same operations as the name."""
    model = parse_config(network.yaml(), where="yaml").model
    if network.kind == "localization":  # its family and its head are not in the YAML
        transformer = model.transformer.model_copy(
            update={
                "head": network.section.head,
                "transform": network.model.transformer.transform,
            }
        )
        model = model.model_copy(update={"transformer": transformer, "classifier": ()})
    copied, named = (trace_network(each, (28, 28, 1), 10) for each in (model, network.model))
    assert [node.operation for node in copied.nodes] == [node.operation for node in named.nodes]
    assert [node.name for node in copied.nodes] == [node.name for node in named.nodes]


@pytest.mark.parametrize("network", NETWORKS, ids=lambda each: f"{each.kind}-{each.name}")
def test_description_is_one_sentence(network):
    assert network.description.endswith(".")
    assert len(network.description) < 90


def test_trace_of_a_localization_network_ends_with_theta():
    [article] = [each for each in NETWORKS if (each.kind, each.name) == ("localization", "article")]
    network = article.trace((28, 28, 1), 10)
    assert network.nodes[-1].name == "theta"
    assert network.logits.shape == (6,)
    convolutions = 640 + 2 * (9 * 64 + 1 / 64) * 64 + 2 * 63
    assert network.parameters == round(convolutions) + (64 + 1) * 6
