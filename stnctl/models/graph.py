"""Graph of a network: operations and the tensors between them. Keras is not loaded.

A list of layers adds its operations to a graph; `stnctl.models.build` turns the graph into a Keras
model. Shapes, parameters, multiply-adds and memory are read from the same graph.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property

from stnctl.config.messages import format_path
from stnctl.config.strict_yaml import KeyPath
from stnctl.errors import ConfigError, ConfigProblem
from stnctl.models.operation import Operation, Shape, ShapeError
from stnctl.models.traced_transformer import TracedTransformer

MAX_NODES = 2_000
"""Maximum number of operations of a network."""


@dataclass(frozen=True)
class Tensor:
    """Tensor in a graph.

    Attributes:
        node: Index of the node whose result it is; -1 for the input U.
        output: Index of the result among the results of the node.
        shape: (H, W, C) of a map, or (n,) of a vector, without the batch.
    """

    node: int
    output: int
    shape: Shape

    @property
    def is_map(self) -> bool:
        """Whether the tensor is a map (H, W, C)."""
        return len(self.shape) == 3


@dataclass(frozen=True)
class Node:
    """Operation in a graph.

    Attributes:
        name: Name of its Keras layer. Nodes with shared weights have the same name.
        operation: The operation.
        inputs: The input tensors.
        outputs: The results.
        key: Key of the section of the config that describes the operation, dotted.
        shared: Whether the weights are those of an earlier node.
    """

    name: str
    operation: Operation
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    key: str
    shared: bool = False

    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        """Shapes of the inputs."""
        return tuple(tensor.shape for tensor in self.inputs)

    @cached_property
    def trainable(self) -> int:
        """Number of trained parameters; 0 for shared weights, which count once."""
        return 0 if self.shared else self.operation.trainable(*self.shapes)

    @cached_property
    def parameters(self) -> int:
        """Number of all parameters; 0 for shared weights, which count once."""
        return 0 if self.shared else self.trainable + self.operation.statistics(*self.shapes)


class Graph:
    """Growing graph. Its `Scope` objects add the nodes."""

    def __init__(self, input_shape: Shape) -> None:
        """Start with the input U of ``input_shape`` (H, W, C)."""
        self.input = Tensor(-1, 0, input_shape)
        self.nodes: list[Node] = []
        self.transformers: list[TracedTransformer] = []
        self.fed_thetas: list[Tensor] = []
        """Thetas that the classifier takes as further inputs."""

        self._chains: dict[Tensor, tuple[str, ...]] = {self.input: ()}
        self._names: Counter[str] = Counter()
        self._num_localizers = 0
        self._replayed: Iterator[str] | None = None

    def add(
        self, name: str, operation: Operation, inputs: Sequence[Tensor], path: KeyPath
    ) -> tuple[Tensor, ...]:
        """Add a node, and return its results.

        Args:
            name: Name of its Keras layer; nodes after the first with this name get a number.
            operation: The operation.
            inputs: The input tensors.
            path: Key of its section in the config.

        Raises:
            ConfigError: If the inputs do not fit the operation, the graph has too many nodes, or
                shared weights would not fit.
        """
        if len(self.nodes) >= MAX_NODES:
            raise problem_at(path, f"the network has more than {MAX_NODES:,} operations")
        shapes = [tensor.shape for tensor in inputs]
        try:
            outputs = operation.output_shapes(*shapes)
        except ShapeError as error:
            raise problem_at(path, str(error)) from error
        index = len(self.nodes)
        tensors = tuple(Tensor(index, k, shape) for k, shape in enumerate(outputs))
        node = Node(
            self._name(name), operation, tuple(inputs), tensors, format_path(path), self.is_sharing
        )
        if self.is_sharing:
            self._check_shared(node, path)
        self.nodes.append(node)
        return tensors

    @property
    def is_sharing(self) -> bool:
        """Whether new nodes share the weights of earlier ones."""
        return self._replayed is not None

    @contextmanager
    def sharing(self, names: Sequence[str]) -> Iterator[None]:
        """Give the new nodes in the ``with`` block the names, and so the weights, of others.

        Args:
            names: Names of earlier nodes, in the order in which the new ones are added.
        """
        before, self._replayed = self._replayed, iter(names)
        try:
            yield
        finally:
            self._replayed = before

    def next_localizer(self) -> str:
        """Return the prefix of the next localization network, such as "localization2"."""
        self._num_localizers += 1
        count = self._num_localizers
        return "localization" if count == 1 else f"localization{count}"

    def add_transformer(self, transformer: TracedTransformer) -> None:
        """Store a transformer, whose nodes the graph has already."""
        self.transformers.append(transformer)
        if transformer.chain is not None:
            self._chains[transformer.V] = (*transformer.chain, transformer.name)

    def chain_of(self, tensor: Tensor) -> tuple[str, ...] | None:
        """Return the names of the transformers between the input and a tensor.

        The result is None if other operations change the tensor.
        """
        return self._chains.get(tensor)

    def continue_chain(self, before: Tensor, after: Tensor) -> None:
        """Give ``after`` the chain of ``before``, which shows the same region."""
        if before in self._chains:
            self._chains[after] = self._chains[before]

    def _name(self, base: str) -> str:
        if self._replayed is not None:
            return next(self._replayed)
        self._names[base] += 1
        return base if self._names[base] == 1 else f"{base}_{self._names[base]}"

    def _check_shared(self, node: Node, path: KeyPath) -> None:
        first = next(other for other in self.nodes if other.name == node.name)
        needed = node.operation.trainable(*node.shapes)
        if first.operation.trainable(*first.shapes) != needed:
            raise problem_at(
                path,
                f"shared weights need inputs of one shape, got {first.shapes[0]} and "
                f"{node.shapes[0]}",
            )


@dataclass(frozen=True)
class Scope:
    """Place in a graph: the section that adds nodes, and the prefix of their names.

    Attributes:
        graph: The graph.
        prefix: Prefix of the names of new nodes, such as "classifier".
        path: Key of the section in the config.
        counts: Number of nodes of each kind with the prefix.
        names: Name of a node without the prefix, such as "dense1" -> the name to use in its place.
    """

    graph: Graph
    prefix: str
    path: KeyPath
    counts: Counter[str] = field(default_factory=Counter)
    names: Mapping[str, str] = field(default_factory=dict)

    def inside(self, *parts: str | int) -> "Scope":
        """Return the scope of a key or item of the section, with the same names."""
        return replace(self, path=(*self.path, *parts))

    def named(self, prefix: str) -> "Scope":
        """Return a scope with another prefix, whose nodes are counted from 1."""
        return replace(self, prefix=prefix, counts=Counter(), names={})

    def renaming(self, names: Mapping[str, str]) -> "Scope":
        """Return the scope with other names for some nodes, see `names`."""
        return replace(self, names=names)

    def add(self, operation: Operation, *inputs: Tensor, name: str | None = None) -> Tensor:
        """Add a node with one result, and return the result; see `Graph.add`.

        Args:
            operation: The operation.
            *inputs: The input tensors.
            name: Name of the Keras layer, without a prefix; default the prefix, the base name of
                the operation and a number.
        """
        return self.add_all(operation, *inputs, name=name)[0]

    def add_all(
        self, operation: Operation, *inputs: Tensor, name: str | None = None
    ) -> tuple[Tensor, ...]:
        """Add a node, and return all of its results; otherwise as `add`."""
        if name is None:
            self.counts[operation.base_name] += not self.graph.is_sharing
            name = f"{operation.base_name}{self.counts[operation.base_name]}"
            name = f"{self.prefix}_{self.names.get(name, name)}"
        return self.graph.add(name, operation, inputs, self.path)

    def problem(self, text: str, *, hint: str | None = None) -> ConfigError:
        """Return an error about the section of the scope."""
        return problem_at(self.path, text, hint=hint)


def problem_at(path: KeyPath, text: str, *, hint: str | None = None) -> ConfigError:
    """Return an error about the key at ``path``."""
    return ConfigError(ConfigProblem(text, path=format_path(path)), hint=hint)
