"""What a network sees of a split: the images as they are, or distorted, epoch by epoch."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from stnctl.config.schema import Config
from stnctl.data.dataset import Dataset, Split
from stnctl.data.distortions.counter_rng import CounterRNG
from stnctl.data.distortions.distortion_spec import UNDISTORTED, DistortionSpec, distortion_spec
from stnctl.data.distortions.drawing import DrawnDistortion, draw_distortions
from stnctl.data.distortions.render import cut, paste, renderer

CHUNK = 256
"""Images that are made in one call. Always as many, so that a backend compiles but once, and an
image has the same bytes whatever is made beside it."""

Compiler = Callable[[Callable[..., Any]], Callable[..., Any]]


def _as_it_is(function: Callable[..., Any]) -> Callable[..., Any]:
    return function


@dataclass(frozen=True, eq=False)
class SplitView:
    """A split under a distortion.

    Attributes:
        split: The images and their labels.
        name: "train", "validation" or "test".
        spec: What is done to the images.
        seed: Seed of the draws.
        pixels: Range of the network's input, as in `data.pixels`.
        compiler: Compiles functions of arrays; they run on NumPy if it is left out.
    """

    split: Split
    name: str
    spec: DistortionSpec = UNDISTORTED
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
        return (*self.spec.canvas((height, width)), channels * self.spec.num_images)

    def num_classes(self, of_images: int) -> int:
        """Return the number of labels, given that of the images: sums are more."""
        return self.spec.num_images * (of_images - 1) + 1

    def render(self, image: DrawnDistortion, indices: np.ndarray, margin: int = 1) -> np.ndarray:
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
        canvas = self.spec.canvas((height, width))
        transforms = tuple(link.transform for link in image.links)
        render = self.compiler(renderer(transforms, (height, width), canvas, margin))
        U = network_input(stored[image.source[indices]], "unit")
        V = render(U, *(link.theta[indices].astype(np.float32) for link in image.links))
        return np.asarray(V).reshape(-1, canvas[0] * margin, canvas[1] * margin, channels)

    def examples(self, number: int = 0) -> "EpochExamples":
        """Return the examples as they are drawn for an epoch.

        Raises:
            ConfigError: If the distortion can't be done to such images.
        """
        if self.spec.is_plain:
            return EpochExamples(self, [], self.split.labels)
        _, height, width, _ = self.split.images.shape
        draws = CounterRNG(self.seed, self.name, number)
        images = draw_distortions(self.spec, draws, len(self), (height, width))
        labels = np.sum([self.split.labels[image.source] for image in images], axis=0)
        return EpochExamples(self, images, labels)


@dataclass(frozen=True, eq=False)
class EpochExamples:
    """The N examples of a view in one epoch.

    Attributes:
        view: Where they come from.
        images: How each of their images is distorted; none if the view is plain.
        labels: (N,), int64.
    """

    view: SplitView
    images: list[DrawnDistortion]
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

    def _made(self, image: DrawnDistortion, indices: np.ndarray) -> np.ndarray:
        """Return one image of each example, (n, H, W, C), float32 in [0, 1]."""
        V = self.view.render(image, indices)
        if (crops := image.crops) is None:
            return V
        stored = self.view.split.images
        cuts = cut(stored, crops.source[indices], crops.taken[indices], crops.size)
        return paste(V, network_input(cuts, "unit"), crops.placed[indices])


def make_split_view(
    config: Config, dataset: Dataset, name: str, *, compiler: Compiler = _as_it_is
) -> SplitView:
    """Return a split of a data set as a configuration wants it seen.

    Args:
        config: Says the distortion, the seeds, and the range of pixels.
        dataset: The data.
        name: "train", "validation" or "test".
        compiler: Compiles functions of arrays for the training backend.

    Raises:
        UsageError: If there is no such split.
    """
    return SplitView(
        dataset.split(name),
        name,
        distortion_spec(config.data.distortion),
        config.seed if name == "train" else config.data.test_seed,
        config.data.pixels,
        compiler,
    )


def network_input(images: np.ndarray, pixels: str) -> np.ndarray:
    """Return images as the network takes them.

    Args:
        images: Any shape; uint8, or floating within [0, 1].
        pixels: "unit" for 0 to 1, "raw" for 0 to 255.

    Returns:
        float32 of the same shape.

    Raises:
        ValueError: If the dtype or ``pixels`` is none of the above.
    """
    if pixels not in ("unit", "raw"):
        raise ValueError(f"pixels must be unit or raw, got {pixels!r}")
    if images.dtype == np.uint8:
        return np.divide(images, 255 if pixels == "unit" else 1, dtype=np.float32)
    if images.dtype.kind != "f":
        raise ValueError(f"images must be uint8 or floating, got {images.dtype}")
    return np.multiply(
        images, 1 if pixels == "unit" else 255, dtype=np.float32, casting="same_kind"
    )
