"""Description of theta: a sentence on the motion of the image, and the parts of theta."""

import numpy as np

from stnctl.geometry.frames import from_centers
from stnctl.geometry.transforms.decompose import at_center, decompose
from stnctl.warping.theta_path import MapSizes, ThetaPath

DIRECTION = "theta maps each pixel of V to a point of U; V takes the value at that point."

_UNCHANGED = "The image stays as it is."
_PERSPECTIVE = " at its center; elsewhere it is seen in perspective."

_PARTS = (
    ("rotation_degrees", "rotation {rotation_degrees:z.1f}° (x towards y)"),
    ("scale_x", "scale {scale_x:.4g} × {scale_y:.4g}"),
    ("shear", "shear {shear:z.3f}"),
    (
        "mean_displacement",
        "displacement {mean_displacement:.1f} px, at most {largest_displacement:.1f} px",
    ),
    ("translation_x", "translation {translation_x:z.1f} px, {translation_y:z.1f} px"),
    ("tilt_x", "tilt {tilt_x:z.3g}, {tilt_y:z.3g} per px"),
)
"""(name of the first part in the template, template)."""


def describe_effect(path: ThetaPath, maps: MapSizes) -> str:
    """Return a sentence that describes the motion of the image, in pixels of U.

    See `describe_motion`.
    """
    if path.matrix is None:
        return _describe_displacement(
            path.transform.describe(path.theta, maps.input_size, align_corners=maps.align_corners)
        )
    sizes = maps.input_size, maps.input_size
    matrix = from_centers(path.matrix, *sizes, align_corners=maps.align_corners)
    sentence = describe_motion(at_center(matrix).ravel())
    return sentence.removesuffix(".") + _PERSPECTIVE if matrix[2, :2].any() else sentence


def format_parts(parts: dict[str, float]) -> str:
    """Return the parts of `Transform.describe` as one line of text."""
    return ", ".join(template.format(**parts) for first, template in _PARTS if first in parts)


def describe_motion(theta_px: np.ndarray) -> str:
    """Return a sentence that describes the motion of the image, which is the inverse of theta.

    Args:
        theta_px: (6,), target -> source, in pixels from the center, see `from_centers`.
    """
    matrix = np.reshape(theta_px, (2, 3))
    linear, shift = matrix[:, :2], matrix[:, 2]
    if abs(np.linalg.det(linear)) <= 1e-9 * np.prod(np.hypot(*linear.T)):
        return "V repeats a line or a point of U: this theta has no inverse."
    inverse = np.linalg.inv(linear)
    mirror, upright = _unmirror(inverse)
    parts = [*mirror, *_rotation(upright), *_size(upright), *_shift(-inverse @ shift)]
    return f"The image {_join(parts)}." if parts else _UNCHANGED


def _describe_displacement(parts: dict[str, float]) -> str:
    mean, largest = parts["mean_displacement"], parts["largest_displacement"]
    if not largest:
        return _UNCHANGED
    return f"The image is displaced by {mean:.1f} px on average, {largest:.1f} px at most."


def _unmirror(linear: np.ndarray) -> tuple[list[str], dict[str, float]]:
    """Return words for a mirror image, and the parts of the remaining matrix, for (2, 2).

    The mirror axis is the one of the two that leaves the smaller rotation.
    """
    if np.linalg.det(linear) > 0:
        return [], _decompose(linear)
    sideways, upside_down = (_decompose(linear @ np.diag(flip)) for flip in ([-1, 1], [1, -1]))
    if abs(sideways["rotation_degrees"]) <= abs(upside_down["rotation_degrees"]):
        return ["is mirrored left to right"], sideways
    return ["is mirrored top to bottom"], upside_down


def _decompose(linear: np.ndarray) -> dict[str, float]:
    return decompose(np.column_stack([linear, np.zeros(2)]))


def _rotation(parts: dict[str, float]) -> list[str]:
    degrees = parts["rotation_degrees"]
    if abs(degrees) < 0.05:
        return []
    return [f"rotates {abs(degrees):.1f}° {'clockwise' if degrees > 0 else 'counterclockwise'}"]


def _size(parts: dict[str, float]) -> list[str]:
    x, y, shear = parts["scale_x"], parts["scale_y"], parts["shear"]
    words = []
    if abs(x - y) >= 0.005:
        words = [f"is scaled {_factor(x)} times along x, {_factor(y)} times along y"]
    elif abs(x - 1) >= 0.005:
        words = [f"{'grows' if x > 1 else 'shrinks'} to {_factor(x)} times its size"]
    return words + ([f"is sheared by {-shear:.2f} along x"] if abs(shear) >= 0.005 else [])


def _factor(number: float) -> str:
    return f"{number:.2f}" if number >= 0.005 else f"{number:.3g}"


def _shift(shift: np.ndarray) -> list[str]:
    x, y = (round(float(value), 1) for value in shift)
    words = [f"{abs(x)} px {'right' if x > 0 else 'left'}"] if x else []
    words += [f"{abs(y)} px {'down' if y > 0 else 'up'}"] if y else []
    return [f"moves {' and '.join(words)}"] if words else []


def _join(parts: list[str]) -> str:
    return ", ".join(parts[:-1]) + (" and " if parts[1:] else "") + parts[-1]
