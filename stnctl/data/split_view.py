"""Split view: the images of a split as the network receives them, plain or distorted."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from stnctl.config.choices import PIXEL_RANGES
from stnctl.config.data_section import DataConfig
from stnctl.config.schema import Config
from stnctl.data.chunk import CHUNK
from stnctl.data.dataset import Dataset, Split, draw_subset
from stnctl.data.distortions.counter_rng import CounterRNG
from stnctl.data.distortions.distortion_spec import UNDISTORTED, DistortionSpec, distortion_spec
from stnctl.data.distortions.drawing import DrawnDistortion, draw_distortions
from stnctl.data.distortions.render import add_crops, extract_crops, renderer
from stnctl.data.distortions.theta_stages import ThetaStage

Compiler = Callable[[Callable[..., Any]], Callable[..., Any]]


@dataclass(frozen=True, eq=False)
class SplitView:
    """Split (train, validation or test) with its distortion.

    Attributes:
        split: The stored images and their labels.
        name: "train", "validation" or "test".
        spec: The distortion of the images.
        seed: Seed of the random generator.
        pixels: Range of the network's input: "unit" for 0 to 1, "raw" for 0 to 255.
        compiler: Function that compiles the rendering for the training backend; None to render with
            NumPy.
    """

    split: Split
    name: str
    spec: DistortionSpec = UNDISTORTED
    seed: int = 0
    pixels: str = DataConfig().pixels
    compiler: Compiler | None = None

    def __len__(self) -> int:
        """Return N, the number of examples."""
        return len(self.split)

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """(H, W, C) of the network's input."""
        _, height, width, channels = self.split.images.shape
        return self.spec.input_shape((height, width, channels))

    def num_classes(self, num_image_classes: int) -> int:
        """Return the number of classes of the examples, see `DistortionSpec.num_classes`."""
        return self.spec.num_classes(num_image_classes)

    def examples(self, epoch: int = 0) -> "EpochExamples":
        """Draw the distortions of an epoch, and return its examples.

        Args:
            epoch: The epoch, from 0.

        Raises:
            ConfigError: If the distortion is impossible for images of this size or number.
        """
        if self.spec.is_plain:
            return EpochExamples(self, [], self.split.labels)
        _, height, width, _ = self.split.images.shape
        rng = CounterRNG(self.seed, self.name, epoch)
        distortions = draw_distortions(self.spec, rng, len(self), (height, width))
        labels = np.sum([self.split.labels[each.image_indices] for each in distortions], axis=0)
        return EpochExamples(self, distortions, labels)

    def render(
        self, distortion: DrawnDistortion, indices: np.ndarray, margin: int = 1
    ) -> np.ndarray:
        """Render one image of each given example, without clutter.

        Args:
            distortion: The drawn distortion of this image, for all examples.
            indices: Indices of the examples, (n,).
            margin: Ratio of the sides of the result to those of the canvas, an odd integer. The
                canvas is in the center of the result.

        Returns:
            The images, (n, margin * height, margin * width, C), float32 in [0, 1].
        """
        stored = self.split.images
        _, height, width, channels = stored.shape
        canvas = self.spec.canvas((height, width))
        transforms = tuple(stage.transform for stage in distortion.theta_stages)
        render = renderer(transforms, (height, width), canvas, margin)
        if self.compiler is not None:
            render = self.compiler(render)
        U = network_input(stored[distortion.image_indices[indices]], "unit")
        thetas = (stage.theta[indices].astype(np.float32) for stage in distortion.theta_stages)
        V = np.asarray(render(U, *thetas))
        return V.reshape(-1, canvas[0] * margin, canvas[1] * margin, channels)


@dataclass(frozen=True, eq=False)
class EpochExamples:
    """Examples of a split view in one epoch.

    Attributes:
        view: The split view.
        distortions: One drawn distortion for each image of an example, with the values of all
            examples; [] if the view has no distortion.
        labels: (N,), int64.
    """

    view: SplitView
    distortions: list[DrawnDistortion]
    labels: np.ndarray

    def __len__(self) -> int:
        """Return N, the number of examples."""
        return len(self.labels)

    def inputs(self, indices: np.ndarray) -> np.ndarray:
        """Return U of the given examples, (n, H, W, C), float32, in the range of ``view.pixels``.

        Args:
            indices: Indices of the examples, (n,), each in [0, N).
        """
        view = self.view
        if not self.distortions:
            return network_input(view.split.images[indices], view.pixels)
        starts = range(0, len(indices), CHUNK)
        chunks = [self._render_chunk(indices[start : start + CHUNK]) for start in starts]
        empty = np.empty((0, *view.input_shape), np.float32)
        U = chunks[0] if len(chunks) == 1 else np.concatenate([empty, *chunks])
        return U if view.pixels == "unit" else U * np.float32(255)

    def arrays(self, indices: np.ndarray) -> dict[str, np.ndarray]:
        """Return the arrays of the given examples, (n,): `U` as `inputs`, and `labels` (n,)."""
        return {"U": self.inputs(indices), "labels": self.labels[indices]}

    def changed(self, stages: tuple[ThetaStage, ...]) -> "EpochExamples":
        """Return the examples with a further distortion of their canvas.

        The clutter of an example stays where it is.

        Args:
            stages: The transforms of the further distortion with the thetas of all examples. They
                keep the size of the canvas.
        """
        own = self.distortions or [DrawnDistortion(np.arange(len(self)), (), None, {})]
        distortions = [replace(each, theta_stages=stages + each.theta_stages) for each in own]
        return replace(self, distortions=distortions)

    def _render_chunk(self, indices: np.ndarray) -> np.ndarray:
        """Return U of at most `CHUNK` examples, in [0, 1]; rendered as `CHUNK` of them."""
        padded = np.resize(indices, CHUNK)
        images = [self._render(each, padded)[: len(indices)] for each in self.distortions]
        return images[0] if len(images) == 1 else np.concatenate(images, axis=-1)

    def _render(self, distortion: DrawnDistortion, indices: np.ndarray) -> np.ndarray:
        """Return one image of each example, with clutter, (n, H, W, C), float32 in [0, 1]."""
        V = self.view.render(distortion, indices)
        if (crops := distortion.crops) is None:
            return V
        stored, corners = self.view.split.images, crops.image_corners[indices]
        cropped = extract_crops(stored, crops.image_indices[indices], corners, crops.size)
        return add_crops(V, network_input(cropped, "unit"), crops.canvas_corners[indices])


def make_split_view(
    config: Config, dataset: Dataset, name: str, *, compiler: Compiler | None = None
) -> SplitView:
    """Return the split view of a data set under the distortion of a config.

    Args:
        config: The config, with the distortion, the seeds and the range of pixels.
        dataset: The data set.
        name: "train", "validation" or "test".
        compiler: Function that compiles the rendering for the training backend; None to render with
            NumPy.

    Raises:
        UsageError: If there is no such split.
        ConfigError: If there are fewer training images than ``data.train_size``.
    """
    split, size = dataset.split(name), config.data.train_size
    if name == "train" and size is not None:
        split = draw_subset(split, size, config.seed)
    return SplitView(
        split,
        name,
        distortion_spec(config.data.distortion),
        config.seed if name == "train" else config.data.test_seed,
        config.data.pixels,
        compiler,
    )


def network_input(images: np.ndarray, pixels: str) -> np.ndarray:
    """Return images in the dtype and the range of the network's input.

    Args:
        images: Any shape; uint8, or floating within [0, 1].
        pixels: "unit" for 0 to 1, "raw" for 0 to 255.

    Returns:
        float32 of the same shape.

    Raises:
        ValueError: If the dtype or the value of ``pixels`` is not valid.
    """
    if pixels not in PIXEL_RANGES:
        raise ValueError(f"pixels must be {' or '.join(PIXEL_RANGES)}, got {pixels!r}")
    U: np.ndarray
    if images.dtype == np.uint8:
        U = np.divide(images, 255 if pixels == "unit" else 1, dtype=np.float32)
    elif images.dtype.kind == "f":
        factor = 1 if pixels == "unit" else 255
        U = np.multiply(images, factor, dtype=np.float32, casting="same_kind")
    else:
        raise ValueError(f"images must be uint8 or floating, got {images.dtype}")
    return U
