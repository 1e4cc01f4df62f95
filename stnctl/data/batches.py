"""From the stored data to what enters the network."""

import numpy as np


def epoch_order(seed: int, epoch: int, size: int) -> np.ndarray:
    """Return the order of the examples in an epoch: a pure function, so that a resume is exact.

    Args:
        seed: Seed of the run, 0 to 2**64 - 1.
        epoch: Number of the epoch, 0 to 2**64 - 1.
        size: Number of examples.

    Returns:
        A permutation of 0 ... size - 1, int64.
    """
    key = np.array([seed, epoch], np.uint64)
    return np.random.Generator(np.random.Philox(key=key)).permutation(size)


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
