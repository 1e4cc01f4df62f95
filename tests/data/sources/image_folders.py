"""Folders of images for tests."""

from pathlib import Path

import numpy as np
from PIL import Image


def save(path: Path, pixels: np.ndarray, **options) -> Path:
    """Write an image file, with its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, **options)
    return path


def write_folder(
    folder: Path,
    arrays: dict[str, np.ndarray],
    names: tuple[str, ...] = tuple("0123456789"),
    splits: tuple[str, ...] = ("train", "test"),
) -> Path:
    """Write the images of splits as FOLDER/SPLIT/NAME/INDEX.png, and return the folder."""
    for split in splits:
        for n, (pixels, label) in enumerate(
            zip(arrays[f"x_{split}"], arrays[f"y_{split}"], strict=True)
        ):
            save(folder / split / names[label] / f"{n:05}.png", pixels)
    return folder
