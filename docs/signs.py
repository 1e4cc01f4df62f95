"""Draw a small data set of road signs: colored shapes at any place, turned, in several sizes.

    python docs/signs.py signs

writes signs/train/CLASS/NUMBER.png and signs/test/CLASS/NUMBER.png. Only NumPy and Pillow are
needed. The page own_images.md trains on these images.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

SIDE = 96
NUM_IMAGES = {"train": 200, "test": 50}
"""Number of images of each class."""

RED, BLUE, YELLOW, WHITE = (200, 20, 30), (20, 60, 180), (235, 190, 20), (240, 240, 240)
_MIDDLE, _RADIUS = SIDE / 2, 30

Draw = Callable[[ImageDraw.ImageDraw], None]


def polygon(corners: int, turn: float, color: tuple[int, int, int]) -> Draw:
    """Return a function that draws a regular polygon."""
    angles = np.deg2rad(turn) + 2 * np.pi * np.arange(corners) / corners
    x, y = _MIDDLE + _RADIUS * np.cos(angles), _MIDDLE + _RADIUS * np.sin(angles)
    points = list(zip(x.tolist(), y.tolist(), strict=True))
    return lambda draw: draw.polygon(points, fill=color)


def disk(color: tuple[int, int, int]) -> Draw:
    """Return a function that draws a disk."""
    box = (_MIDDLE - _RADIUS, _MIDDLE - _RADIUS, _MIDDLE + _RADIUS, _MIDDLE + _RADIUS)
    return lambda draw: draw.ellipse(box, fill=color)


def bar(half_width: float, half_height: float) -> Draw:
    """Return a function that draws a white bar in the middle."""
    box = (
        _MIDDLE - half_width,
        _MIDDLE - half_height,
        _MIDDLE + half_width,
        _MIDDLE + half_height,
    )
    return lambda draw: draw.rectangle(box, fill=WHITE)


SIGNS: dict[str, list[Draw]] = {
    "give way": [polygon(3, 90, RED)],
    "no entry": [disk(RED), bar(20, 5)],
    "parking": [polygon(4, 45, BLUE), bar(4, 16)],
    "stop": [polygon(8, 22.5, RED), bar(18, 3)],
    "turn": [disk(BLUE), bar(4, 16)],
    "warning": [polygon(3, -90, YELLOW)],
}
"""Class -> functions that draw its parts."""


def sign(parts: list[Draw], random: np.random.Generator) -> Image.Image:
    """Return a sign under a random rotation, at a random place, in a random size and light."""
    background = tuple(random.integers(40, 200, 3).tolist())
    image = Image.new("RGB", (SIDE, SIDE), background)
    draw = ImageDraw.Draw(image)
    for part in parts:
        part(draw)
    turned = image.rotate(random.uniform(-30, 30), Image.Resampling.BILINEAR, fillcolor=background)
    side = round(SIDE * random.uniform(0.5, 1))
    width, height = random.integers(SIDE, SIDE + 33, 2).tolist()
    photo = Image.new("RGB", (width, height), background)
    place = random.integers(0, (width - side + 1, height - side + 1)).tolist()
    photo.paste(turned.resize((side, side)), place)
    light = random.uniform(0.6, 1.1)
    pixels = np.asarray(photo) * light + random.normal(0, 8, (height, width, 3))
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def main(folder: Path) -> None:
    """Write all images."""
    random = np.random.default_rng(0)
    for split, count in NUM_IMAGES.items():
        for name, parts in SIGNS.items():
            place = folder / split / name
            place.mkdir(parents=True, exist_ok=True)
            for number in range(count):
                sign(parts, random).save(place / f"{number:03}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
