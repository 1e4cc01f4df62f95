"""Reference implementation of distortions: slow, one step at a time, from the drawn values.

It is independent of the package: SciPy, scikit-image and the documented effect of each step, in
float64. Points are in pixels from the center of a canvas, (x, y), y down; each step is inverted for
the points of V, the last one first, and then U is sampled.
"""

import numpy as np
from scipy.interpolate import RBFInterpolator
from scipy.ndimage import map_coordinates
from skimage.transform import ProjectiveTransform

from stnctl.config import distortion_steps
from stnctl.data.distortions.distortion_spec import DistortionSpec

FAR = 1e6  # pixels: beyond the horizon


def inputs(epoch, indices):
    """Return U of some examples of an epoch, (n, H, W, C), from images of one channel."""
    stored = epoch.view.split.images[..., 0] / 255
    U = np.empty((len(indices), *epoch.view.input_shape))
    for channel, image in enumerate(epoch.distortions):
        for row, number in enumerate(indices):
            values = {name: drawn[number] for name, drawn in image.values.items()}
            V = distorted(stored[image.image_indices[number]], epoch.view.spec, values)
            if image.crops is not None:
                V = with_clutter(V, stored, image.crops, number)
            U[row, ..., channel] = V
    return U


def distorted(image, spec, values):
    """Return V (height, width) of an image (h, w), without clutter.

    Args:
        image: float64.
        spec: The steps; no two of them may draw values of the same name.
        values: The drawn values of the image, by name.
    """
    points = sources(spec.steps, [values] * len(spec.steps), image.shape)
    return read(image, points).reshape(spec.canvas(image.shape))


def sources(steps, values, image_size):
    """Return the points of U for the pixels of V, (height * width, 2).

    Args:
        steps: The steps, in the order of their use.
        values: The drawn values of each step, by name.
        image_size: (h, w) of U.
    """
    sizes = [DistortionSpec(steps[:number]).canvas(image_size) for number in range(len(steps) + 1)]
    points = lattice(sizes.pop())
    for step, drawn, size in reversed(list(zip(steps, values, sizes, strict=True))):
        points = _UNDONE[type(step)](points, drawn, size, step)
    return points


def read(image, points):
    """Return the values (n,) of an image (h, w) at points (n, 2), bilinear, with 0 outside."""
    x, y = (points + (np.array(image.shape)[::-1] - 1) / 2).T
    return map_coordinates(image, [y, x], order=1, mode="grid-constant", cval=0)


def lattice(size):
    """Return the points of the pixels of a canvas, (height * width, 2), row by row."""
    rows, columns = np.indices(size)
    return np.stack([columns.ravel(), rows.ravel()], axis=-1) - (np.array(size)[::-1] - 1) / 2


def corners_of(size):
    """Return the corner pixels of a canvas, (4, 2), clockwise from the top left one."""
    height, width = (np.array(size) - 1) / 2
    return np.array([(-width, -height), (width, -height), (width, height), (-width, height)])


def with_clutter(V, images, crops, number):
    """Return V (height, width) with the crops of one example added, clipped to 1.

    Args:
        V: float64.
        images: (N, h, w), in [0, 1].
        crops: The `Crops` of all examples.
        number: The index of the example.
    """
    filled = V.copy()
    for source, (top, left), (row, column) in zip(
        crops.image_indices[number],
        crops.image_corners[number],
        crops.canvas_corners[number],
        strict=True,
    ):
        for y in range(crops.size):
            for x in range(crops.size):
                filled[row + y, column + x] += images[source, top + y, left + x]
    return np.minimum(filled, 1)


def _unrotated(points, values, *_):
    """Rotate clockwise: multiply x + i y, with y up, by a complex number."""
    turned = (points[:, 0] - 1j * points[:, 1]) * np.exp(-1j * np.deg2rad(values["rotation"]))
    return np.stack([turned.real, -turned.imag], axis=-1)


def _unscaled(points, values, *_):
    return points / values["scale"]


def _unsheared(points, values, *_):
    """Move points above the center (y < 0) back to the left."""
    x, y = points.T
    return np.stack([x + np.tan(np.deg2rad(values["shear"])) * y, y], axis=-1)


def _unshifted(points, values, *_):
    return points - [values["shift_x"], values["shift_y"]]


def _uncornered(points, values, size, _):
    corners = corners_of(size)
    moved = corners + np.stack([values["corner_x"], values["corner_y"]], axis=-1)
    matrix = ProjectiveTransform.from_estimate(moved, corners).params
    matrix = matrix * np.sign(np.append(moved[0], 1) @ matrix[2])  # corners are in front
    x, y, w = matrix @ np.column_stack([points, np.ones(len(points))]).T
    return np.where(w[:, None] > 0, np.stack([x, y], axis=-1) / w[:, None], FAR)


def _unbent(points, values, size, step):
    """Apply the spline; its distances are in units of half the sides of the canvas."""
    rows, columns = step.control_points
    half = corners_of(size)[2]
    x, y = np.meshgrid(np.linspace(-1, 1, columns), np.linspace(-1, 1, rows))
    control = np.stack([x.ravel(), y.ravel()], axis=-1)
    offsets = np.stack([values["elastic_x"], values["elastic_y"]], axis=-1)
    spline = RBFInterpolator(control, offsets, kernel="thin_plate_spline", degree=1)
    return points + spline(points / half)


_UNDONE = {
    distortion_steps.Rotate: _unrotated,
    distortion_steps.Scale: _unscaled,
    distortion_steps.Shear: _unsheared,
    distortion_steps.Shift: _unshifted,
    distortion_steps.Corners: _uncornered,
    distortion_steps.Elastic: _unbent,
    distortion_steps.ResizeCanvas: lambda points, *_: points,
    distortion_steps.Place: _unshifted,
    distortion_steps.Clutter: lambda points, *_: points,
}
