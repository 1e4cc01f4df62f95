"""A tiny data set that a network can learn."""

from pathlib import Path

import numpy as np

NUM_CLASSES = 10
_BLOCKS = 4  # positions along a side


def synthetic_arrays(
    *, train: int = 64, test: int = 32, side: int = 8, seed: int = 0
) -> dict[str, np.ndarray]:
    """Return images of noise with a bright block whose position is the class.

    Args:
        train: Number of training images, at least 10 for all classes.
        test: Number of test images.
        side: Height and width of an image, at least 4.
        seed: Seed of the noise and of the order.

    Returns:
        x_train (train, side, side), y_train (train,), x_test and y_test, all uint8.
    """
    random = np.random.default_rng(seed)
    x_train, y_train = _half(train, side, random)
    x_test, y_test = _half(test, side, random)
    return {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}


def write_npz(path: Path, *, train: int = 64, test: int = 32, side: int = 8, seed: int = 0) -> Path:
    """Write `synthetic_arrays` to an .npz file, and return its path."""
    arrays = synthetic_arrays(train=train, test=test, side=side, seed=seed)
    np.savez_compressed(path, allow_pickle=False, **arrays)
    return path


def _half(size: int, side: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    labels = random.permutation(np.arange(size) % NUM_CLASSES).astype(np.uint8)
    images = random.integers(0, 64, (size, side, side), dtype=np.uint8)
    block = side // _BLOCKS
    for image, label in zip(images, labels, strict=True):
        row, column = (block * place for place in divmod(int(label), _BLOCKS))
        image[row : row + block, column : column + block] += 192
    return images, labels
