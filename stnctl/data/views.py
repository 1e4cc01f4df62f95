"""What a network sees of a split: the images as they are, or distorted, epoch by epoch."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from stnctl.config import Config
from stnctl.data.batches import network_input
from stnctl.data.dataset import Dataset, Split
from stnctl.data.distortions.distort import Distorted, draw
from stnctl.data.distortions.draws import Draws
from stnctl.data.distortions.recipe import PLAIN, Recipe, recipe_of
from stnctl.data.distortions.render import cut, paste, renderer

CHUNK = 256
"""Images that are made in one call. Always as many, so that a backend compiles but once, and an
image has the same bytes whatever is made beside it."""

Compiler = Callable[[Callable[..., Any]], Callable[..., Any]]


def _as_it_is(function: Callable[..., Any]) -> Callable[..., Any]:
    return function


@dataclass(frozen=True, eq=False)
class View:
    """A split under a distortion.

    Attributes:
        split: The images and their labels.
        name: "train", "validation" or "test".
        recipe: What is done to the images.
        seed: Seed of the draws.
        pixels: Range of the network's input, as in `data.pixels`.
        compiler: Compiles functions of arrays; they run on NumPy if it is left out.
    """

    split: Split
    name: str
    recipe: Recipe = PLAIN
    seed: int = 0
    pixels: str = "unit"
    compiler: Compiler = _as_it_is

    def __len__(self) -> int:
        """Return N, the number of examples."""
        return len(self.split)

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """(H, W, C) of the network's input."""
        _, height, width, channels = self.split.images.shape
        return (*self.recipe.canvas((height, width)), channels * self.recipe.num_images)

    def num_classes(self, of_images: int) -> int:
        """Return the number of labels, given that of the images: sums are more."""
        return self.recipe.num_images * (of_images - 1) + 1

    def render(self, image: Distorted, indices: np.ndarray, margin: int = 1) -> np.ndarray:
        """Return an image of some examples, without crops of others, float32 in [0, 1].

        Args:
            image: How it is distorted.
            indices: The examples, (n,).
            margin: How many times larger than the canvas it is made, all round it; odd.

        Returns:
            (n, margin height, margin width, C).
        """
        stored = self.split.images
        _, height, width, channels = stored.shape
        canvas = self.recipe.canvas((height, width))
        transforms = tuple(link.transform for link in image.links)
        render = self.compiler(renderer(transforms, (height, width), canvas, margin))
        U = network_input(stored[image.source[indices]], "unit")
        V = render(U, *(link.theta[indices].astype(np.float32) for link in image.links))
        return np.asarray(V).reshape(-1, canvas[0] * margin, canvas[1] * margin, channels)

    def epoch(self, number: int = 0) -> "Epoch":
        """Return the examples as they are drawn for an epoch.

        Raises:
            ConfigError: If the distortion can't be done to such images.
        """
        if self.recipe.is_plain:
            return Epoch(self, [], self.split.labels)
        _, height, width, _ = self.split.images.shape
        draws = Draws(self.seed, self.name, number)
        images = draw(self.recipe, draws, len(self), (height, width))
        labels = np.sum([self.split.labels[image.source] for image in images], axis=0)
        return Epoch(self, images, labels)


@dataclass(frozen=True, eq=False)
class Epoch:
    """The N examples of a view in one epoch.

    Attributes:
        view: Where they come from.
        images: How each of their images is distorted; none if the view is plain.
        labels: (N,), int64.
    """

    view: View
    images: list[Distorted]
    labels: np.ndarray

    def __len__(self) -> int:
        """Return N."""
        return len(self.labels)

    def inputs(self, indices: np.ndarray) -> np.ndarray:
        """Return U of some examples, (n, H, W, C), float32, in the range of ``pixels``.

        Args:
            indices: The examples, (n,), each in [0, N).
        """
        view = self.view
        if not self.images:
            return network_input(view.split.images[indices], view.pixels)
        starts = range(0, len(indices), CHUNK)
        chunks = [self._chunk(indices[start : start + CHUNK]) for start in starts]
        nothing = np.empty((0, *view.input_shape), np.float32)
        U = chunks[0] if len(chunks) == 1 else np.concatenate([nothing, *chunks])
        return U if view.pixels == "unit" else U * np.float32(255)

    def _chunk(self, indices: np.ndarray) -> np.ndarray:
        """Return U of at most `CHUNK` examples, in [0, 1]; made as `CHUNK` of them."""
        padded = np.resize(indices, CHUNK)
        made = [self._made(image, padded)[: len(indices)] for image in self.images]
        return made[0] if len(made) == 1 else np.concatenate(made, axis=-1)

    def _made(self, image: Distorted, indices: np.ndarray) -> np.ndarray:
        """Return one image of each example, (n, H, W, C), float32 in [0, 1]."""
        V = self.view.render(image, indices)
        if (crops := image.crops) is None:
            return V
        stored = self.view.split.images
        cuts = cut(stored, crops.source[indices], crops.taken[indices], crops.size)
        return paste(V, network_input(cuts, "unit"), crops.placed[indices])


def make_view(
    config: Config, dataset: Dataset, name: str, *, compiler: Compiler = _as_it_is
) -> View:
    """Return a split of a data set as a configuration wants it seen.

    Args:
        config: Says the distortion, the seeds, and the range of pixels.
        dataset: The data.
        name: "train", "validation" or "test".
        compiler: Compiles functions of arrays for the training backend.

    Raises:
        UsageError: If there is no such split.
    """
    return View(
        dataset.split(name),
        name,
        recipe_of(config.data.distortion),
        config.seed if name == "train" else config.data.test_seed,
        config.data.pixels,
        compiler,
    )
