"""What an affine theta does to a picture, in words."""

import numpy as np

from stnctl.geometry.transforms.parts import decompose

DIRECTION = "theta maps output to input: every pixel of V is read from U where theta sends it."


def say(theta_px: np.ndarray) -> str:
    """Return one sentence on what the picture does.

    Args:
        theta_px: (6,), target to source in pixels from the center, as `from_centers` gives it.
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


def _unmirror(linear: np.ndarray) -> tuple[list[str], dict[str, float]]:
    """Tell a mirror image, that needs the smaller turn, from the parts of what is done then."""
    if np.linalg.det(linear) > 0:
        return [], _describe(linear)
    sideways, upside_down = (_describe(linear @ np.diag(flip)) for flip in ([-1, 1], [1, -1]))
    if abs(sideways["rotation_degrees"]) <= abs(upside_down["rotation_degrees"]):
        return ["is mirrored left to right"], sideways
    return ["is mirrored top to bottom"], upside_down


def _describe(linear: np.ndarray) -> dict[str, float]:
    return decompose(np.column_stack([linear, np.zeros(2)]))


def _turn(parts: dict[str, float]) -> list[str]:
    degrees = parts["rotation_degrees"]
    if abs(degrees) < 0.05:
        return []
    return [f"turns {abs(degrees):.1f}° {'clockwise' if degrees > 0 else 'counterclockwise'}"]


def _size(parts: dict[str, float]) -> list[str]:
    x, y, shear = parts["scale_x"], parts["scale_y"], parts["shear"]
    words = []
    if abs(x - y) >= 0.005:
        words = [f"is scaled {x:.2f} times along x, {y:.2f} times along y"]
    elif abs(x - 1) >= 0.005:
        words = [f"{'grows' if x > 1 else 'shrinks'} to {x:.2f} times its size"]
    return words + ([f"is sheared by {shear:.2f} along x"] if abs(shear) >= 0.005 else [])


def _shift(shift: np.ndarray) -> list[str]:
    x, y = (round(float(value), 1) for value in shift)
    words = [f"{abs(x)} px {'right' if x > 0 else 'left'}"] if x else []
    words += [f"{abs(y)} px {'down' if y > 0 else 'up'}"] if y else []
    return [f"moves {' and '.join(words)}"] if words else []


def _join(parts: list[str]) -> str:
    return ", ".join(parts[:-1]) + (" and " if parts[1:] else "") + parts[-1]
