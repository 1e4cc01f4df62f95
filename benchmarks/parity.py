"""Errors of V and its gradients against other libraries at the same points.

`make parity` runs it; it writes docs/results/parity.md. From the root of the project:
python -m benchmarks.parity
"""

import platform
import re
from collections.abc import Callable, Iterator
from importlib.metadata import version
from itertools import product
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.markdown import Markdown

from benchmarks.parity_peers import PEERS, Case, Peer
from stnctl.geometry import TRANSFORMS, Interpolation, sample
from stnctl.geometry.grid import half_span
from tests.geometry.arrays import thetas
from tests.geometry.runners import gradients

PAGE = Path(__file__).parents[1] / "docs" / "results" / "parity.md"
MARKS = ("<!-- made by benchmarks/parity.py -->", "<!-- end -->")
SIZES = (((7, 9), (6, 8)), ((24, 18), (9, 13)), ((16, 40), (20, 10)))
"""(H, W) of U and (H', W') of V."""

PACKAGES = ("torch", "scipy", "scikit-image", "opencv-python-headless", "numpy", "tensorflow")
WAYS = tuple(product(("float64", "float32"), (True, False)))
"""dtype and align_corners, column by column."""

Error = Callable[[Case, str], float]


def main() -> None:
    """Write the tables into the page, and print them."""
    made = "\n".join([*table("V", values), "", *table("dU", to_map), "", *table("dgrid", to_grid)])
    made += f"\n\n{versions()}"
    start, end = MARKS
    page = PAGE.read_text(encoding="utf-8")
    part = re.compile(f"{re.escape(start)}.*{re.escape(end)}", re.DOTALL)
    PAGE.write_text(part.sub(lambda _: f"{start}\n{made}\n{end}", page), encoding="utf-8")
    Console().print(Markdown(made))


def table(what: str, error: Callable[[Peer], Error | None]) -> Iterator[str]:
    """Yield the rows of the largest errors, for each peer that has ``error``."""
    columns = (f"{dtype}, {'corners' if corners else 'edges'}" for dtype, corners in WAYS)
    yield row(f"{what} against", "interpolation", "padding", *columns)
    yield "|---|---|---|" + "---:|" * len(WAYS)
    for peer in PEERS:
        if (compare := error(peer)) is None:
            continue
        for interpolation, padding in product(peer.interpolations, peer.paddings):
            worst = (
                max(
                    compare(make_case(interpolation, padding, corners, *sizes, peer.step), dtype)
                    for sizes in SIZES
                )
                for dtype, corners in WAYS
            )
            yield row(peer.name, name(interpolation), padding, *map(number, worst))


def values(peer: Peer) -> Error:
    """Return the function for the error of V of stnctl against the peer."""

    def error(case: Case, dtype: str) -> float:
        V = sample(case.U.astype(dtype), case.grid.astype(dtype), **case.options())
        return float(abs(V - peer.values(case)).max())

    return error


def to_map(peer: Peer) -> Error | None:
    """Return the function for the error of the gradient to U, or None without gradients."""
    return _gradient(peer, 0)


def to_grid(peer: Peer) -> Error | None:
    """Return the function for the error of the gradient to the grid, or None without gradients."""
    return _gradient(peer, 1)


def _gradient(peer: Peer, which: int) -> Error | None:
    peer_gradients = peer.gradients
    if peer_gradients is None:
        return None

    def error(case: Case, dtype: str) -> float:
        arrays = (array.astype(dtype) for array in (case.dV, case.U, case.grid))
        found = gradients(lambda U, grid: sample(U, grid, **case.options()), *arrays)[which]
        expected = peer_gradients(case)[which]
        return float(abs(found - expected).max() / max(1.0, abs(expected).max()))

    return error


def make_case(
    interpolation: str | Interpolation,
    padding: str,
    align_corners: bool,
    size: tuple[int, int],
    output_size: tuple[int, int],
    step: float | None,
) -> Case:
    """Return three random maps and thetas; on odd multiples of ``step`` pixels, if given."""
    random = np.random.default_rng(0)
    theta = thetas(3, seed=1, spread=0.1)
    grid = TRANSFORMS["affine"].grid(theta, output_size, align_corners=align_corners)
    if step is not None:
        half = half_span(size, align_corners=align_corners)
        center = (np.array(size[::-1]) - 1) / 2
        points = np.floor((grid * half + center) / (2 * step)) * 2 * step + step
        grid = (points - center) / half
    U = random.uniform(size=(3, *size, 2))
    dV = random.normal(size=(3, *output_size, 2))
    return Case(interpolation, padding, align_corners, U, theta, grid, dV)


def row(*cells: str) -> str:
    """Return a row of a table in Markdown."""
    return f"| {' | '.join(cells)} |"


def name(interpolation: str | Interpolation) -> str:
    """Return the interpolation as code."""
    return f"`{interpolation}`"


def number(error: float) -> str:
    """Return an error as text."""
    return f"{error:.1e}" if error else "0"


def versions() -> str:
    """Return the line with the versions of all libraries."""
    found = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    return f"Python {platform.python_version()}, {found}; on {platform.machine()}."


if __name__ == "__main__":
    main()
