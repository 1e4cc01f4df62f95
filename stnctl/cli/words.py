"""What an affine theta does to a picture, in words."""

import math

import numpy as np

DIRECTION = "theta maps output to input: every pixel of V is read from U where theta sends it."


def say(theta_px: np.ndarray) -> str:
    """Return one sentence on what the picture does.

    Args:
        theta_px: (6,), target to source in pixels from the center, as `Affine.in_pixels` gives it.
            The picture moves the other way, by the inverse.
    """
    matrix = np.reshape(theta_px, (2, 3))
    linear, shift = matrix[:, :2], matrix[:, 2]
    if abs(np.linalg.det(linear)) <= 1e-9 * np.prod(np.hypot(*linear.T)):
        return "V repeats a line or a point of U: this theta has no inverse."
    inverse = np.linalg.inv(linear)
    mirror, upright = _unmirror(inverse)
    parts = [*mirror, *_turn(upright), *_size(upright), *_shift(-inverse @ shift)]
    if not parts:
        return "The picture stays as it is."
    return f"The picture {_join(parts)}."


def _unmirror(linear: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Tell a mirror image, that needs the smaller turn, from what is done to it then."""
    if np.linalg.det(linear) > 0:
        return [], linear
    sideways, upside_down = linear @ np.diag([-1, 1]), linear @ np.diag([1, -1])
    if abs(_degrees(sideways)) <= abs(_degrees(upside_down)):
        return ["is mirrored left to right"], sideways
    return ["is mirrored top to bottom"], upside_down


def _turn(linear: np.ndarray) -> list[str]:
    degrees = _degrees(linear)
    if abs(degrees) < 0.05:
        return []
    return [f"turns {abs(degrees):.1f}° {'clockwise' if degrees > 0 else 'counterclockwise'}"]


def _degrees(linear: np.ndarray) -> float:
    return math.degrees(math.atan2(linear[1, 0], linear[0, 0]))


def _size(linear: np.ndarray) -> list[str]:
    scale_x = math.hypot(*linear[:, 0])
    scale_y = np.linalg.det(linear) / scale_x
    shear = linear[:, 0] @ linear[:, 1] / scale_x / scale_y
    parts = []
    if abs(scale_x - scale_y) < 0.005:
        if abs(scale_x - 1) >= 0.005:
            parts = [f"{'grows' if scale_x > 1 else 'shrinks'} to {scale_x:.2f} times its size"]
    else:
        parts = [f"is scaled {scale_x:.2f} times along x, {scale_y:.2f} times along y"]
    if abs(shear) >= 0.005:
        parts.append(f"is sheared by {shear:.2f} along x")
    return parts


def _shift(shift: np.ndarray) -> list[str]:
    x, y = (round(float(value), 1) for value in shift)
    words = [f"{abs(x)} px {'right' if x > 0 else 'left'}"] if x else []
    words += [f"{abs(y)} px {'down' if y > 0 else 'up'}"] if y else []
    return [f"moves {' and '.join(words)}"] if words else []


def _join(parts: list[str]) -> str:
    return ", ".join(parts[:-1]) + (" and " if parts[1:] else "") + parts[-1]
