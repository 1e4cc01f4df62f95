from io import BytesIO

import numpy as np
from PIL import Image

from stnctl.figures.epoch_strip import EpochRow, epoch_strip_png

SQUARE = np.array([[0, 0], [5, 0], [5, 5], [0, 5], [0, 0]])


def strip(num_rows, num_epochs, value=0.5):
    row = EpochRow(
        "example 3\nTrue: 4",
        np.zeros((6, 6, 1)),
        [np.full((4, 4, 1), value)] * num_epochs,
        np.stack([SQUARE] * num_epochs),
        ["4"] * num_epochs,
        [True] * num_epochs,
    )
    headings = [f"epoch {number}" for number in range(num_epochs)]
    with Image.open(BytesIO(epoch_strip_png([row] * num_rows, headings, (0, 1), title="t"))) as png:
        return np.asarray(png.convert("RGB"))


def test_epoch_strip_grows_with_rows_and_epochs():
    small, wide, high = strip(1, 2), strip(1, 5), strip(3, 2)
    assert wide.shape[1] > small.shape[1] + 200
    assert high.shape[0] > small.shape[0] + 200


def test_epoch_strip_frames_differ_in_color():
    """The frames of both V have different colors, which the outlines on U also have."""
    pixels = strip(1, 2).reshape(-1, 3)
    colors, counts = np.unique(pixels, axis=0, return_counts=True)
    saturated = colors[(np.ptp(colors.astype(int), axis=1) > 100) & (counts > 100)]
    assert len(saturated) >= 2
