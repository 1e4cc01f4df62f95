import pytest

from stnctl.config.load import parse_config
from stnctl.models.catalog import named_networks
from stnctl.models.network import trace_network

NETWORKS = list(named_networks())


@pytest.mark.parametrize("network", NETWORKS, ids=lambda each: f"{each.kind}-{each.name}")
def test_yaml_is_the_network(network):
    """The YAML is a list of layers, or polar, and gives the same operations as the name."""
    model = parse_config(network.yaml(), where="yaml").model
    if network.kind == "localization":
        model = model.model_copy(update={"classifier": ()})
    copied, named = (trace_network(each, (28, 28, 1), 10) for each in (model, network.model))
    for attribute in ("operation", "inputs", "outputs"):
        found, wanted = ([getattr(n, attribute) for n in each.nodes] for each in (copied, named))
        assert found == wanted


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
