"""Time of the spatial transformer, as ratios to PyTorch.

    python -m benchmarks.sampler

stnctl runs the layer as a training does: in an ordinary TensorFlow graph, with a gradient tape in
it, where each thread computes a part of the batch.
PyTorch runs `affine_grid` and `grid_sample`, on its own layout, (B, C, H, W). Both use two threads,
float32, and the same maps, thetas and upstream gradients.

They take turns in one process: after a pause, in which idle threads of the other go to sleep, and
two warm-up calls, each is called for `SECONDS`. The table has medians and quartiles of all turns; a
ratio is left out if the quartiles of PyTorch differ by more than 15 %. Run nothing else on the
machine: PyTorch's threads wait for each other, and take many times longer on a busy machine. It
takes about two minutes and needs `pip install -e ".[bench]"`.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.timings import verdict
from benchmarks.turns import Call, timings
from stnctl.models.backend import parts_of_batch, start_backend

THREADS = 2
ROUNDS = 9
SECONDS = 0.08
PAUSE = 0.25
WIDTH = 120
SHAPES = (
    (256, 28, 28, 1),
    (256, 42, 42, 1),
    (256, 60, 60, 1),
    (64, 28, 28, 32),
    (8, 224, 224, 3),
)
TARGETS = {"V": 0.5, "V, dtheta": 0.8, "V, dtheta, dU": 2.0}
"""Computed arrays -> largest ratio to reach."""


def main() -> None:
    """Time all shapes, and print the times, their ratios and the targets."""
    start_backend(threads=THREADS)
    torch.set_num_threads(THREADS)
    headings = ("U", "computed", "stnctl ms", "PyTorch ms", "ratio", "target", "")
    table = Table(*headings, box=box.MARKDOWN)
    for shape in SHAPES:
        for row in rows(shape):
            table.add_row("x".join(map(str, shape)), *row)
    Console(width=WIDTH).print(table)


def rows(shape: tuple[int, int, int, int]) -> Iterator[tuple[str, ...]]:
    """Return the rows of the table for one shape of U, without their first column."""
    arrays = inputs(shape)
    pairs = zip(TARGETS.items(), with_layer(*arrays), with_pytorch(*arrays), strict=True)
    for (name, target), *calls in pairs:
        ours, theirs = timings(*calls, rounds=ROUNDS, least=SECONDS, pause=PAUSE)
        ratio = ours.median / theirs.median
        yield name, ours.text(1000), theirs.text(1000), *verdict(ratio, target, theirs, least=False)


def inputs(shape: tuple[int, int, int, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return U (B, H, W, C), theta (B, 6) near the identity, and dV (B, H, W, C)."""
    random = np.random.default_rng(0)
    U, dV = (random.normal(size=shape).astype("float32") for _ in range(2))
    moves = random.uniform(-0.3, 0.3, (shape[0], 6))
    return U, (np.array([1, 0, 0, 0, 1, 0]) + moves).astype("float32"), dV


def with_layer(U: np.ndarray, theta: np.ndarray, dV: np.ndarray) -> tuple[Call, Call, Call]:
    """Return calls of the layer in a graph: V; V and dtheta; V, dtheta and dU."""
    import tensorflow as tf

    from stnctl.models.spatial_transformer import SpatialTransformer

    layer = SpatialTransformer()
    U, theta, dV = map(tf.constant, (U, theta, dV))

    def forward(U: Any, theta: Any) -> Any:
        return layer(U, theta)[0]

    def dtheta(U: Any, theta: Any, dV: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(theta)
            V, _ = layer(U, theta)
        return V, tape.gradient(V, theta, dV)

    def both(U: Any, theta: Any, dV: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch((U, theta))
            V, _ = layer(U, theta)
        return V, tape.gradient(V, (U, theta), dV)

    one, two, three = in_parts(forward), in_parts(dtheta), in_parts(both)
    return lambda: one(U, theta), lambda: two(U, theta, dV), lambda: three(U, theta, dV)


def in_parts(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a graph that computes a function of the parts of a batch."""
    import tensorflow as tf

    def call(*tensors: Any) -> list[Any]:
        parts = parts_of_batch(tensors[0].shape[0])
        split = (tf.split(each, parts) for each in tensors)
        return [function(*each) for each in zip(*split, strict=True)]

    graph: Callable[..., Any] = tf.function(call, autograph=False)
    return graph


def with_pytorch(U: np.ndarray, theta: np.ndarray, dV: np.ndarray) -> tuple[Call, Call, Call]:
    """Return the same calls of PyTorch."""
    maps, upstream = (torch.tensor(array.transpose(0, 3, 1, 2).copy()) for array in (U, dV))
    matrices = torch.tensor(theta).reshape(-1, 2, 3).requires_grad_()
    maps_with_gradient = maps.clone().requires_grad_()

    def warp(maps: torch.Tensor) -> torch.Tensor:
        grid = torch.nn.functional.affine_grid(matrices, maps.shape, align_corners=True)
        return torch.nn.functional.grid_sample(maps, grid, align_corners=True)

    def forward() -> torch.Tensor:
        with torch.no_grad():
            return warp(maps)

    def dtheta() -> Any:
        V = warp(maps)
        return V, torch.autograd.grad(V, matrices, upstream)

    def both() -> Any:
        V = warp(maps_with_gradient)
        return V, torch.autograd.grad(V, (maps_with_gradient, matrices), upstream)

    return forward, dtheta, both


if __name__ == "__main__":
    main()
