"""Peers of `benchmarks/distort.py`: the same batch by OpenCV, SciPy and Keras.

OpenCV and SciPy get the drawn values, and render one image after another; the layers of Keras draw
their own.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from scipy import ndimage
from scipy.interpolate import RBFInterpolator

from benchmarks.turns import Call
from stnctl.data.distortions.pipeline_state import Crops

Warp = Callable[[np.ndarray, Any, np.ndarray], Any]
"""From an image, and the matrix or the points to sample, into its place in the batch."""


@dataclass(frozen=True, eq=False)
class Batch:
    """The batch to render.

    Attributes:
        stored: (N, h, w), uint8.
        image_indices: The images of the batch, (B,).
        canvas: (H, W).
        values: Drawn values by name, (B,) or (B, m); lengths in pixels, angles in degrees.
        crops: Crops of the stored images, B times count, or None.
    """

    stored: np.ndarray
    image_indices: np.ndarray
    canvas: tuple[int, int]
    values: dict[str, np.ndarray]
    crops: Crops | None

    @property
    def middles(self) -> np.ndarray:
        """The centers (x, y) of an image and of the canvas, (2, 2), in pixels."""
        sizes = np.array([self.stored.shape[:0:-1], self.canvas[::-1]])
        return (sizes - 1) / 2

    def choose(self, affine: Any, projective: Any, dense: Any) -> Any:
        """Return the argument for the kind of the distortion."""
        if "elastic_x" in self.values:
            return dense
        return projective if "corner_x" in self.values else affine


def opencv(batch: Batch, dtype: str) -> Call:
    """Return OpenCV's loop, on images of a dtype, to (B, H, W, 1) float32 in [0, 1]."""
    return _loop(batch, dtype, dtype, _opencv_warp(batch))


def scipy(batch: Batch) -> Call:
    """Return SciPy's loop, to (B, H, W, 1) float32 in [0, 1]."""
    return _loop(batch, "uint8", "float32", _scipy_warp(batch))


def keras_layer(name: str, images: np.ndarray) -> Call:
    """Return a layer of Keras in a graph, on images (B, h, w, 1) on the backend.

    XLA can compile none of them: it supports neither `ImageProjectiveTransformV3` nor a range of
    unknown length.
    """
    import keras
    import tensorflow as tf

    layer = getattr(keras.layers, name)(**_LAYERS[name])
    U = tf.constant(images)
    graph = tf.function(lambda: layer(U, training=True))
    return lambda: graph().numpy()


def _loop(batch: Batch, read_as: str, write_as: str, warp: Warp) -> Call:
    numbers = batch.choose(_matrices, _homographies, _maps)(batch)
    stored, uncropped = batch.stored.astype(read_as), batch.stored.astype(write_as)
    V = np.empty((len(batch.image_indices), *batch.canvas), write_as)

    def call() -> np.ndarray:
        for image, number, target in zip(batch.image_indices, numbers(), V, strict=True):
            warp(stored[image], number, target)
        if batch.crops:
            _add(batch.crops, uncropped, V)
        unit = np.divide(V, 255, dtype=np.float32)[..., None]
        return np.minimum(unit, 1, out=unit) if batch.crops else unit

    return call


def _add(crops: Crops, stored: np.ndarray, V: np.ndarray) -> None:
    """Add crops onto V, one after another; uint8 stays at 255, others must be clipped."""
    size = crops.size
    for target, images, taken, placed in zip(
        V,
        crops.image_indices.tolist(),
        crops.image_corners.tolist(),
        crops.canvas_corners.tolist(),
        strict=True,
    ):
        for image, (v, u), (y, x) in zip(images, taken, placed, strict=True):
            place = target[y : y + size, x : x + size]
            cv2.add(place, stored[image, v : v + size, u : u + size], dst=place)


def _opencv_warp(batch: Batch) -> Warp:
    size, options = batch.canvas[::-1], {"flags": cv2.INTER_LINEAR}

    def affine(image: np.ndarray, matrix: np.ndarray, target: np.ndarray) -> None:
        cv2.warpAffine(image, matrix, size, dst=target, **options)

    def projective(image: np.ndarray, matrix: np.ndarray, target: np.ndarray) -> None:
        cv2.warpPerspective(image, matrix, size, dst=target, **options)

    def dense(image: np.ndarray, points: np.ndarray, target: np.ndarray) -> None:
        cv2.remap(image, points, None, cv2.INTER_LINEAR, dst=target)

    return batch.choose(affine, projective, dense)


def _scipy_warp(batch: Batch) -> Warp:
    options = {"order": 1, "mode": "grid-constant"}
    x, y = np.meshgrid(*map(np.arange, batch.canvas[::-1]))
    lattice = np.stack([x, y, np.ones_like(x)]).reshape(3, -1)

    def affine(image: np.ndarray, matrix: np.ndarray, target: np.ndarray) -> None:
        back = cv2.invertAffineTransform(matrix)[::-1]
        ndimage.affine_transform(image, back[:, 1::-1], back[:, 2], target.shape, target, **options)

    def projective(image: np.ndarray, matrix: np.ndarray, target: np.ndarray) -> None:
        u, v, w = np.linalg.inv(matrix) @ lattice
        points = np.reshape([v / w, u / w], (2, *target.shape))
        ndimage.map_coordinates(image, points, target, **options)

    def dense(image: np.ndarray, points: np.ndarray, target: np.ndarray) -> None:
        ndimage.map_coordinates(image, np.moveaxis(points[..., ::-1], 2, 0), target, **options)

    return batch.choose(affine, projective, dense)


def _matrices(batch: Batch) -> Call:
    """Return the function that gives the matrix (2, 3) of each image, source to target."""
    values, count = batch.values, len(batch.image_indices)
    center, middle = batch.middles
    angle = values.get("rotation", np.zeros(count)).tolist()
    scale = values.get("scale", np.ones(count)).tolist()

    def rotated() -> Iterator[np.ndarray]:
        return (cv2.getRotationMatrix2D(center, *pair) for pair in zip(angle, scale, strict=True))

    def moved() -> Iterator[np.ndarray]:
        shift = np.stack([values["shift_x"], values["shift_y"]], axis=-1) + (middle - center)
        for matrix, offset in zip(rotated(), shift, strict=True):
            matrix[:, 2] += offset
            yield matrix

    return moved if "shift_x" in values else rotated


def _homographies(batch: Batch) -> Call:
    """Return the function that gives the matrix (3, 3) of each image, source to target."""
    values = batch.values
    center, middle = batch.middles
    corners = middle * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])

    def matrices() -> Iterator[np.ndarray]:
        offsets = np.stack([values["corner_x"], values["corner_y"]], axis=-1)  # (B, 4, 2)
        before = corners / values["scale"][:, None, None] + center
        after = corners + middle + offsets
        pairs = zip(before.astype(np.float32), after.astype(np.float32), strict=True)
        return (cv2.getPerspectiveTransform(*pair) for pair in pairs)

    return matrices


def _maps(batch: Batch) -> Call:
    """Return the function that gives the points to sample, (B, H, W, 2), as (x, y).

    It is one product for all images, with precomputed weights of control points for each pixel.
    """
    values = batch.values
    center, middle = batch.middles
    control = _lattice(middle, (4, 4))
    spline = RBFInterpolator(control, np.eye(len(control)), kernel="thin_plate_spline", degree=1)
    weights = spline(_lattice(middle, batch.canvas[::-1])).astype(np.float32)  # (H W, K)

    def maps() -> np.ndarray:
        offsets = np.stack([values["elastic_x"], values["elastic_y"]], axis=-1)  # (B, K, 2)
        points = (control + offsets) / values["scale"][:, None, None] + center
        return (weights @ points.astype(np.float32)).reshape(-1, *batch.canvas, 2)

    return maps


def _lattice(middle: np.ndarray, counts: tuple[int, int]) -> np.ndarray:
    """Return points (n, 2), (x, y) in pixels from the center, from edge to edge, row by row."""
    axes = (half * np.linspace(-1, 1, count) for half, count in zip(middle, counts, strict=True))
    return np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)


_LAYERS: dict[str, dict[str, Any]] = {
    "RandomRotation": {"factor": (-0.25, 0.25), "fill_mode": "constant"},
    "RandomPerspective": {"factor": 1.0},
    "RandomElasticTransform": {"factor": 1.0, "fill_mode": "constant", "value_range": (0.0, 1.0)},
}
"""Layer of Keras -> its options: up to 90 degrees each way; every image is distorted."""
