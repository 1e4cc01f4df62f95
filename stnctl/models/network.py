"""Trace of a network: its operations with shapes, parameters and costs. Keras is not loaded."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from stnctl.config.classifier_sections import ClassifierSection
from stnctl.config.layer_lists import Layer
from stnctl.config.layer_sections import Dense
from stnctl.config.model_section import ModelConfig
from stnctl.errors import ConfigError
from stnctl.models.classifiers import NAMES, classifier_layers, scaled
from stnctl.models.graph import Graph, Node, Scope, Tensor, problem_at
from stnctl.models.layers import APPLY, apply_layers
from stnctl.models.layers.dense import FullyConnected
from stnctl.models.layers.flatten import flatten
from stnctl.models.layers.parallel import Join
from stnctl.models.layers.transformer import add_transformer
from stnctl.models.operation import Shape
from stnctl.models.traced_transformer import TracedTransformer

LOGITS = "logits"
"""Name of the last layer."""

MAX_SIDE = 4096
"""Largest side of images that `smallest_side` tries."""

_WIDTH_STEPS = 256
"""Number of steps from no width to the configured one, in the search for a budget."""

_MAX_FACTOR = 64
"""Largest factor of the widths in the search for a budget."""

_BUDGET_TOLERANCE = 0.1
"""Largest accepted difference from a budget, as a fraction of it."""


@dataclass(frozen=True)
class Network:
    """Traced network.

    Attributes:
        nodes: The operations, in the order in which they are added.
        input: U.
        logits: The result.
        transformers: The transformers, in the order of their nodes.
    """

    nodes: tuple[Node, ...]
    input: Tensor
    logits: Tensor
    transformers: tuple[TracedTransformer, ...]

    @property
    def name(self) -> str:
        """Name of the Keras model: "stn" with a transformer, "cnn" without one."""
        return "stn" if self.transformers else "cnn"

    @property
    def parameters(self) -> int:
        """Number of parameters, trained or not."""
        return sum(node.parameters for node in self.nodes)

    @property
    def trainable(self) -> int:
        """Number of trained parameters."""
        return sum(node.trainable for node in self.nodes)

    @property
    def multiply_adds(self) -> int:
        """Number of multiply-adds of convolutions and dense layers for one image."""
        return sum(node.operation.multiply_adds(*node.shapes) for node in self.nodes)

    @property
    def input_transformers(self) -> tuple[TracedTransformer, ...]:
        """The transformers that sample the input, in their order."""
        return tuple(each for each in self.transformers if self.input == each.U)

    def nodes_of(self, tensors: Iterable[Tensor]) -> tuple[Node, ...]:
        """Return the nodes from which tensors are computed, in their order."""
        needed = {each.node for each in tensors}
        for index in reversed(range(len(self.nodes))):
            if index in needed:
                needed |= {each.node for each in self.nodes[index].inputs}
        return tuple(node for index, node in enumerate(self.nodes) if index in needed)

    def depends_only_on(self, tensor: Tensor) -> bool:
        """Return whether the logits depend on U through ``tensor``, or its node, alone."""
        reached = {self.input.node}
        for index, node in enumerate(self.nodes):
            if index != tensor.node and any(each.node in reached for each in node.inputs):
                reached.add(index)
        return self.logits.node not in reached


@lru_cache(maxsize=64)
def trace_network(config: ModelConfig, input_shape: Shape, num_classes: int) -> Network:
    """Return the trace of a configured network.

    Args:
        config: The configuration of the network.
        input_shape: (H, W, C) of U.
        num_classes: Number of logits.

    Raises:
        ConfigError: If a layer does not fit its input. The problem has the key of the layer.
    """
    classifier = config.classifier
    if not isinstance(classifier, ClassifierSection):
        return _trace(config, classifier, input_shape, num_classes)
    section: ClassifierSection = classifier
    if section.parameters is not None:
        section = _within_budget(config, section, input_shape, num_classes)
    names = NAMES.get(type(section), {})
    return _trace(config, classifier_layers(section), input_shape, num_classes, names)


def smallest_side(config: ModelConfig, num_channels: int, num_classes: int) -> int | None:
    """Return the smallest side of square images that fit a network; None if no size fits.

    Args:
        config: The configuration of the network.
        num_channels: Number of channels of the images.
        num_classes: Number of logits.
    """

    def fits(side: int) -> bool:
        try:
            trace_network(config, (side, side, num_channels), num_classes)
        except ConfigError:
            return False
        return True

    low, high = 0, 1
    while not fits(high):
        low, high = high, 2 * high
        if high > MAX_SIDE:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(middle) else (middle, high)
    return high


def fitting_network(config: ModelConfig, input_shape: Shape, num_classes: int) -> Network:
    """Return `trace_network` of the arguments; if it fails, the error suggests a size of images.

    Raises:
        ConfigError: As in `trace_network`.
    """
    try:
        return trace_network(config, input_shape, num_classes)
    except ConfigError as error:
        side = None if error.hint else smallest_side(config, input_shape[2], num_classes)
        if side is None or min(input_shape[:2]) >= side:
            raise
        layers = "fewer or smaller layers"
        if error.problems[0].path.endswith(".localization"):
            layers = f"another localization network, such as compact, {layers} before it"
        given = f"{input_shape[0]}x{input_shape[1]}"
        hint = f"use {layers}, or images of at least {side}x{side}, not {given}"
        raise ConfigError(*error.problems, hint=hint) from error


def _trace(
    config: ModelConfig,
    layers: Sequence[Layer],
    input_shape: Shape,
    num_classes: int,
    names: Mapping[str, str] | None = None,
) -> Network:
    """Return the trace; ``names`` as in `Scope`, only for the layers of a named classifier."""
    graph = Graph(input_shape)
    builder = _NetworkBuilder(graph, layers, names)
    x = builder.add_transformers(config, graph.input)
    logits = builder.add_classifier(x, num_classes)
    return Network(tuple(graph.nodes), graph.input, logits, tuple(graph.transformers))


class _NetworkBuilder:
    """Addition of the two parts of a network to a graph: transformers, and the classifier."""

    def __init__(
        self, graph: Graph, layers: Sequence[Layer], names: Mapping[str, str] | None
    ) -> None:
        """Store the layers of the classifier, and names if they are those of a named one."""
        self.graph = graph
        self.layers = layers
        self.named = names is not None
        self.scope = Scope(graph, "classifier", ("model", "classifier"), names=names or {})
        self.num_shared, self.sharing = 0, self.scope
        self.shared_names: list[str] = []

    def add_transformers(self, config: ModelConfig, x: Tensor) -> Tensor:
        """Add the transformers in front of the classifier, and return its input."""
        scope = Scope(self.graph, "transformer", ("model", "transformer"))
        transformer = config.transformer
        if transformer is None:
            return x
        if isinstance(transformer, tuple):
            if len(transformer) != 1:
                return apply_layers(transformer, x, scope)
            [transformer], scope = transformer, scope.inside(0)
        if transformer.parallel > 1:
            return apply_layers([transformer], x, scope, indexed=False)
        self.num_shared, self.sharing = transformer.shares, scope.inside("shares")
        if self.num_shared > len(self.layers):
            raise self.sharing.problem(
                f"expected at most {len(self.layers)}, the number of layers of the classifier, "
                f"got {self.num_shared}"
            )
        return add_transformer(transformer, x, scope, self._add_shared)

    def add_classifier(self, x: Tensor, num_classes: int) -> Tensor:
        """Add the classifier and the logits, and return the logits (num_classes,)."""
        x = self._share_layers(x)
        x = self._add_layers(x, self.num_shared, len(self.layers))
        x = self._feed_thetas(flatten(x, self.scope))
        return self.scope.add(FullyConnected(num_classes), x, name=LOGITS)

    def _share_layers(self, V: Tensor) -> Tensor:
        """Add the layers that the localization network has too, with its weights."""
        try:
            with self.graph.sharing(self.shared_names):
                return self._add_layers(V, 0, self.num_shared)
        except ConfigError as error:
            size = "x".join(map(str, V.shape))
            raise self.sharing.problem(
                f"the shared layers do not fit V, {size}: {error.problems[0].problem}",
                hint="share only layers before the first flatten or dense layer, or give V the "
                "size of U",
            ) from error

    def _add_shared(self, x: Tensor) -> Tensor:
        """Add the shared layers to the input of a localization network."""
        if self.shared_names:
            with self.graph.sharing(self.shared_names):
                return self._add_layers(x, 0, self.num_shared)
        x = self._add_layers(x, 0, self.num_shared)
        self.shared_names = [node.name for node in self.graph.nodes]
        return x

    def _add_layers(self, x: Tensor, start: int, end: int) -> Tensor:
        for index, layer in enumerate(self.layers[start:end], start):
            scope = self.scope if self.named else self.scope.inside(index)
            if isinstance(layer, Dense):
                x = flatten(x, scope)
            x = APPLY[layer.layer](layer, self._feed_thetas(x), scope)
        return x

    def _feed_thetas(self, x: Tensor) -> Tensor:
        """Return a vector x with the thetas that are fed to the classifier; a map as it is."""
        thetas = self.graph.fed_thetas
        if x.is_map or not thetas:
            return x
        joined = self.scope.add(Join(), x, *thetas)
        thetas.clear()
        return joined


def _within_budget(
    config: ModelConfig, section: ClassifierSection, input_shape: Shape, num_classes: int
) -> ClassifierSection:
    """Return a classifier with the widths that bring the network nearest to its budget."""

    def miss(width: int) -> int:
        trial = config.model_copy(update={"classifier": scaled(section, width / _WIDTH_STEPS)})
        return trace_network(trial, input_shape, num_classes).parameters - budget

    budget = num_parameters_of(section.parameters or "")
    low, high = 1, _MAX_FACTOR * _WIDTH_STEPS
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if miss(middle) <= 0 else (low, middle)
    width = min(low, high, key=lambda width: abs(miss(width)))
    if abs(off := miss(width)) > _BUDGET_TOLERANCE * budget:
        raise problem_at(
            ("model", "classifier", "parameters"),
            f"no width of the classifier brings the network near to {section.parameters} "
            f"parameters, the nearest one gives {budget + off:,}",
        )
    return scaled(section, width / _WIDTH_STEPS)


def num_parameters_of(budget: str) -> int:
    """Return the number of parameters that a budget such as "400k" or "1.5M" names."""
    return round(float(budget[:-1]) * {"k": 1e3, "M": 1e6}[budget[-1]])
