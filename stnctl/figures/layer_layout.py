"""Layout of a graph of layers: a row for each depth, a lane for each branch, and lines between."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

Point = tuple[int, float]
"""Lane and row."""

_BELOW = 0.42
"""Distance in rows from a layer to the horizontal line below it, or above it."""


@dataclass(frozen=True)
class Layout:
    """Places of the layers of a graph.

    Attributes:
        rows: (n,), the row of each layer, from 0.
        lanes: (n,), the lane of each layer, from 0.
        lines: Index of the layer at the end of each line, and the corners of the line, from the
            layer at its start.
        num_lanes: Number of lanes, also of those that have only lines.
    """

    rows: tuple[int, ...]
    lanes: tuple[int, ...]
    lines: tuple[tuple[int, tuple[Point, ...]], ...]
    num_lanes: int


def layer_layout(inputs: Sequence[Sequence[int]]) -> Layout:
    """Return the layout of a graph.

    A layer is one row below the lowest of its inputs. It is in the lane of its first input, if no
    later layer is. Other branches have lanes further to the right. No line crosses a layer.

    Args:
        inputs: (n,), the indices of the inputs of each layer, all smaller than its own.
    """
    rows: list[int] = []
    for sources in inputs:
        rows.append(1 + max((rows[source] for source in sources), default=-1))
    return _Lanes(inputs, rows).layout()


class _Lanes:
    """Choice of a lane for each chain of layers, and for each line that needs its own lane."""

    def __init__(self, inputs: Sequence[Sequence[int]], rows: Sequence[int]) -> None:
        self.inputs = inputs
        self.rows = rows
        self.lanes: dict[int, int] = {}
        self.taken: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        """Lane -> its intervals with layers or lines, in half rows."""

        self.exits: dict[int, int] = {}
        """Last layer of a chain -> the layer below it that the lane of the chain is kept for."""

    def layout(self) -> Layout:
        for last in reversed(range(len(self.rows))):
            if last not in self.lanes:
                self._place(last, None)
        lines = [
            (target, self._line(source, target, is_first=source == sources[0]))
            for target, sources in enumerate(self.inputs)
            for source in dict.fromkeys(sources)
        ]
        count = len(self.rows)
        lanes = tuple(self.lanes[index] for index in range(count))
        return Layout(tuple(self.rows), lanes, tuple(lines), len(self.taken))

    def _place(self, last: int, consumer: int | None) -> None:
        """Place a chain of first inputs that ends with a layer, and then its other inputs."""
        pending = [(last, consumer)]
        while pending:
            last, consumer = pending.pop()
            if last in self.lanes:
                continue
            chain = [last]
            while (sources := self.inputs[chain[-1]]) and sources[0] not in self.lanes:
                chain.append(sources[0])
            start = 2 * self.rows[sources[0]] + 1 if sources else 2 * self.rows[chain[-1]]
            if consumer is None:
                end, left = 2 * self.rows[last], -1
            else:
                end, left = 2 * self.rows[consumer] - 1, self.lanes[consumer]
                self.exits[last] = consumer
            lane = self._take(start, max(start, end), left)
            self.lanes.update(dict.fromkeys(chain, lane))
            pending += [
                (source, layer) for layer in chain for source in reversed(self.inputs[layer][1:])
            ]

    def _take(self, start: int, end: int, left: int) -> int:
        """Take an interval of the first lane to the right of a lane in which it is free."""
        lane = left + 1
        while any(start <= other[1] and other[0] <= end for other in self.taken[lane]):
            lane += 1
        self.taken[lane].append((start, end))
        return lane

    def _line(self, source: int, target: int, *, is_first: bool) -> tuple[Point, ...]:
        above, below = self.rows[source] + _BELOW, self.rows[target] - _BELOW
        a, b = self.lanes[source], self.lanes[target]
        start, end = (a, float(self.rows[source])), (b, float(self.rows[target]))
        if is_first or self.rows[target] == self.rows[source] + 1:
            return (start, end) if a == b else (start, (a, above), (b, above), end)
        if self.exits.get(source) == target:
            return start, (a, below), (b, below), end
        lane = self._take(2 * self.rows[source] + 1, 2 * self.rows[target] - 1, b)
        return start, (a, above), (lane, above), (lane, below), (b, below), end
