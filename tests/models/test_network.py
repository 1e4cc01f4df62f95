"""The trace of a network equals the Keras model of it."""

import json
from collections import Counter

import keras
import pytest
from hypothesis import given, settings

from stnctl.config.classifier_sections import CLASSIFIERS
from stnctl.config.localizer_sections import LOCALIZERS
from stnctl.errors import ConfigError
from stnctl.models import network as network_module
from stnctl.models.build import keras_model
from stnctl.models.graph import MAX_NODES, Graph
from stnctl.models.layers.coords import CoordinateChannels
from stnctl.models.layers.residual import Sum
from stnctl.models.network import (
    fitting_network,
    num_parameters_of,
    smallest_side,
    trace_network,
)
from stnctl.models.operation import ShapeError
from stnctl.models.polar_operations import LogPolarMap
from tests.models.random_networks import networks, shapes
from tests.models.small import model_section, traced

MNIST = (28, 28, 1)

LENIENT = (Sum, CoordinateChannels, LogPolarMap)
"""Operations that Keras accepts for inputs that the trace rejects: Keras broadcasts sums."""


def check_equals_keras(network):
    """Compare the shapes and parameters of each node with those of Keras."""
    model = keras_model(network)
    assert model.count_params() == network.parameters
    assert model.output.shape == (None, *network.logits.shape)
    trainable = sum(weight.shape.num_elements() for weight in model.trainable_weights)
    assert trainable == network.trainable
    calls: Counter[str] = Counter()
    for node in network.nodes:
        layer = model.get_layer(node.name)
        if not node.shared:
            assert layer.count_params() == node.parameters, node
        outputs = layer._inbound_nodes[calls[node.name]].outputs
        assert [tuple(each.shape) for each in outputs] == [
            (None, *tensor.shape) for tensor in node.outputs
        ], node
        calls[node.name] += 1
    assert sum(calls.values()) == len(network.nodes)
    assert {layer.name for layer in model.layers} == {"U", *calls}


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_trace_network_equals_keras_for_a_classifier(name):
    check_equals_keras(traced(f"{{classifier: {name}}}", MNIST))


@pytest.mark.parametrize("name", LOCALIZERS)
def test_trace_network_equals_keras_for_a_localizer(name):
    transformer = f"{{transform: similarity, localization: {name}}}"
    check_equals_keras(traced(f"{{transformer: {transformer}, classifier: [pool]}}", MNIST))


@pytest.mark.parametrize(
    "layers",
    [
        "[]",
        "[conv]",
        "[{layer: conv, stride: 2, kernel_size: 4, bias: false, batch_norm: true}]",
        "[{layer: conv, stride: 3, padding: same, activation: linear}]",
        "[{layer: pool, size: 3}, {layer: pool, kind: average}, {layer: pool, kind: global}]",
        "[{layer: dense, units: 3, activity_l2: 0.1}, {layer: dropout, rate: 0.3}, batch_norm]",
        "[flatten, flatten, {layer: activation, activation: tanh}, {layer: activation, "
        "activation: linear}]",
        "[coords, coords, {layer: residual}, {layer: residual, layers: [batch_norm, dropout]}]",
        "[{layer: residual, layers: [{layer: conv, padding: same, stride: 1, filters: 3}]}]",
        "[flatten, {layer: residual, layers: [{layer: dense, units: 168}]}]",
        "[{layer: parallel, branches: [[], [coords], [{layer: conv, padding: same}]]}]",
        "[{layer: parallel, branches: [[{layer: pool, kind: global}], [dense]]}]",
        "[{layer: parallel, branches: [[pool]]}, dense]",
    ],
)
def test_trace_network_equals_keras_for_layers(layers):
    check_equals_keras(traced(f"{{classifier: {layers}}}"))


@pytest.mark.parametrize(
    "keys",
    [
        "output_size: [5, 7], pool: 2",
        "parallel: 3, transform: thin_plate_spline, control_points: [2, 3]",
        "steps: 3, transform: rigid",
        "steps: 3, transform: projective, localizers: separate, head: bounded",
        "parallel: 2, steps: 2, constraints: [[null, 0, null], [0, null, null]]",
        "theta_noise: 0.1, feed_theta: true, shares: 2, head: sigmoid",
        "steps: 2, shares: 1, feed_theta: true, head: unit, transform: similarity",
    ],
)
def test_trace_network_equals_keras_for_transformers(keys):
    transformer = f"{{{keys}, localization: {{filters: [2]}}}}"
    classifier = "[{layer: conv, filters: 3, padding: same}, pool, {layer: dense, units: 4}]"
    check_equals_keras(traced(f"{{transformer: {transformer}, classifier: {classifier}}}"))


class RecordingGraph(Graph):
    """Graph that records the last operation with its inputs."""

    last: tuple = ()

    def add(self, name, operation, inputs, path):
        RecordingGraph.last = operation, [tensor.shape for tensor in inputs]
        return super().add(name, operation, inputs, path)


def check_random_network(model, shape, monkeypatch):
    """Compare a random network with Keras; if the trace rejects it, Keras rejects the operation."""
    config = model_section(json.dumps(model))
    try:
        network = trace_network.__wrapped__(config, shape, 3)
    except ConfigError as error:
        [problem] = error.problems
        assert problem.path.startswith("model.")
        operation, inputs = RecordingGraph.last
        if isinstance(error.__cause__, ShapeError) and not isinstance(operation, LENIENT):
            tensors = [keras.Input(each) for each in inputs]
            with pytest.raises(ValueError, match=r".+"):
                operation.call(operation.keras_layer("x"), tensors)
        return
    check_equals_keras(network)


@pytest.fixture(scope="module")
def recording():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(network_module, "Graph", RecordingGraph)
        yield patch


@given(networks(), shapes)
@settings(max_examples=40)
def test_trace_network_equals_keras_random(recording, model, shape):
    check_random_network(model, shape, recording)


@pytest.mark.slow
@given(networks(), shapes)
@settings(max_examples=300)
def test_trace_network_equals_keras_random_many(recording, model, shape):
    check_random_network(model, shape, recording)


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("{classifier: []}", 1),
        ("{classifier: {filters: [2]}}", 4),
        ("{classifier: {filters: [2, 2]}}", 10),
        ("{classifier: {filters: [2, 2, 2]}}", 22),
        ("{classifier: {filters: [2, 2, 2], kernel_size: 5}}", 36),
        ("{classifier: paper_cnn}", 24),
        ("{classifier: compact}", 4),
        ("{transformer: {output_size: [9, 9]}, classifier: {filters: [2, 2]}}", None),
        ("{transformer: {localization: polar, transform: rotation}, classifier: []}", 4),
    ],
)
def test_smallest_side(text, side):
    config = model_section(text)
    assert smallest_side(config, 1, 10) == side
    if side:
        trace_network(config, (side, side, 1), 10)
        fitting_network(config, (side, side + 1, 1), 10)
    if side and side > 1:
        with pytest.raises(ConfigError) as caught:
            fitting_network(config, (side + 1, side - 1, 1), 10)
        assert caught.value.hint is not None
        assert caught.value.hint.startswith("use another localization") is ("localization" in text)
        assert caught.value.hint.endswith(
            f"or images of at least {side}x{side}, not {side + 1}x{side - 1}"
        )


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("{transformer: {output_size: [9, 9]}, classifier: {filters: [2, 2]}}", None),
        ("{classifier: [dense, transformer]}", "put the transformer before the first flatten"),
    ],
)
def test_fitting_network_suggests_no_size_that_does_not_help(text, hint):
    with pytest.raises(ConfigError) as caught:
        fitting_network(model_section(text), MNIST, 10)
    assert (caught.value.hint or "").startswith(hint or "")
    assert bool(caught.value.hint) is bool(hint)


@pytest.mark.parametrize("transformer", ["null", "{localization: {filters: [20, 20]}}"])
@pytest.mark.parametrize("name", CLASSIFIERS)
@pytest.mark.parametrize("budget", ["80k", "400k", "1.5M"])
def test_trace_network_meets_a_budget(name, transformer, budget):
    """The budget counts the whole network, and only the classifier is scaled."""
    text = f"{{transformer: {transformer}, classifier: {{network: {name}, parameters: {budget}}}}}"
    wanted = num_parameters_of(budget)
    network = traced(text, MNIST, 10)
    assert network.parameters == pytest.approx(wanted, rel=0.1)
    plain = traced(f"{{transformer: {transformer}, classifier: {name}}}", MNIST, 10)
    assert [type(node.operation) for node in network.nodes] == [
        type(node.operation) for node in plain.nodes
    ]
    assert _localizer(network) == _localizer(plain)


def _localizer(network):
    return [node for node in network.nodes if node.key.startswith("model.transformer")]


@pytest.mark.parametrize("budget", ["1k", "900M"])
def test_trace_network_rejects_a_budget_out_of_reach(budget):
    with pytest.raises(ConfigError) as caught:
        traced(f"{{transformer: {{}}, classifier: {{parameters: {budget}}}}}", MNIST, 10)
    [problem] = caught.value.problems
    assert problem.path == "model.classifier.parameters"
    assert f"near to {budget} parameters, the nearest one gives" in problem.problem


def test_trace_network_rejects_too_many_operations():
    steps = "{parallel: 16, steps: 16, localization: []}"
    with pytest.raises(ConfigError, match=f"more than {MAX_NODES:,} operations") as caught:
        traced(f"{{transformer: [{', '.join([steps] * 3)}], classifier: []}}")
    [problem] = caught.value.problems
    assert problem.path.startswith("model.transformer[1]")


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        (
            "{transformer: {shares: 3}, classifier: [conv, pool]}",
            "model.transformer.shares",
            "expected at most 2, the number of layers of the classifier, got 3",
        ),
        (
            "{transformer: [{localization: []}, {shares: 1}], classifier: [conv]}",
            "model.transformer[1].shares",
            "expected 0: only a transformer in front of the classifier",
        ),
        (
            "{classifier: [conv, {layer: transformer, shares: 1}]}",
            "model.classifier[1].shares",
            "expected 0: only a transformer in front of the classifier",
        ),
        (
            "{transformer: {shares: 1, parallel: 2, localization: []}, classifier: [conv]}",
            "model.transformer.shares",
            "expected 0: only a transformer in front of the classifier",
        ),
        (
            "{transformer: {shares: 1, output_size: [5, 5], localization: []}, classifier: "
            "[dense]}",
            "model.transformer.shares",
            "the shared layers do not fit V, 5x5x1: shared weights need inputs of one shape, got "
            "(168,) and (25,)",
        ),
        (
            "{transformer: {steps: 2, localization: {filters: [2, 2, 2]}}, classifier: []}",
            "model.transformer.localization",
            "the localization network article does not fit a map of 12x14: a convolution of 3x3 "
            "needs a map of at least 3x3, got 1x2",
        ),
        (
            "{transformer: {localization: [{layer: residual, layers: [conv]}]}, classifier: []}",
            "model.transformer.localization[0]",
            "the layers of a residual block must keep the shape 12x14x1, got 10x12x32; use "
            "`padding: same`",
        ),
        (
            "{classifier: [{layer: parallel, branches: [[pool], [{layer: parallel, branches: "
            "[[], [conv]]}]]}]}",
            "model.classifier[0].branches[1][0]",
            "joined results need maps of one size, or vectors, got 12x14x1 and 10x12x32",
        ),
        (
            "{classifier: [dense, conv]}",
            "model.classifier[1]",
            "a convolution needs a map, got a vector of 128 values",
        ),
        ("{classifier: [dense, pool]}", "model.classifier[1]", "a pool needs a map"),
        ("{classifier: [dense, coords]}", "model.classifier[1]", "coords needs a map"),
        ("{classifier: [dense, transformer]}", "model.classifier[1]", "a transformer needs a map"),
        (
            "{transformer: {head: bounded, bounds: [[0, 2]], localization: []}, classifier: []}",
            "model.transformer.bounds",
            "expected 6 pairs",
        ),
    ],
)
def test_trace_network_rejects(text, path, message):
    with pytest.raises(ConfigError) as caught:
        traced(text)
    [problem] = caught.value.problems
    assert problem.path == path
    assert problem.problem.startswith(message)


def test_trace_network_shares_weights_once():
    """Shared networks and layers have one Keras layer, whose parameters count once."""
    one, two, other = (
        traced(f"{{transformer: {{{keys}, localization: {{filters: [3]}}}}, classifier: []}}")
        for keys in ("steps: 1", "steps: 2", "steps: 2, localizers: separate")
    )
    assert two.parameters == one.parameters
    assert two.multiply_adds > one.multiply_adds
    localizer = sum(node.parameters for node in one.nodes if node.key != "model.classifier")
    assert other.parameters == one.parameters + localizer
    names = [node.name for node in two.nodes if node.shared]
    assert names == [node.name for node in one.nodes if "transformer" not in node.name][:5]
    assert {node.name for node in other.nodes if "localization2" in node.name}
