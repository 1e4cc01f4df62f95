from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from stnctl.figures.pair_animation import NUM_LINES, PairFrame, _grid_lines, _num_columns, pairs_gif


def frame_of(label, value, n=2):
    points = np.stack(np.meshgrid(np.arange(6.0), np.arange(6.0)), axis=-1)
    return PairFrame(
        label,
        np.full((n, 6, 6, 1), value),
        np.stack([points + value] * n),
        [f"example {each}" for each in range(n)],
        [True] * n,
    )


@pytest.mark.parametrize(("rewind", "num_frames"), [(True, 4), (False, 3)])
def test_pairs_gif(rewind, num_frames):
    """The frames differ, and each has the pixels of its V."""
    frames = [frame_of(f"epoch {number}", number / 2) for number in range(3)]
    data = pairs_gif(
        np.zeros((2, 6, 6, 1)), (0, 1), frames, title="t", milliseconds=100, rewind=rewind
    )
    with Image.open(BytesIO(data)) as image:
        assert getattr(image, "n_frames", 1) == num_frames
        grays = []
        for number in range(3):
            image.seek(number)
            grays.append(np.asarray(image.convert("L"))[100, 180])  # inside the first V
    np.testing.assert_allclose(grays, [0, 128, 255], atol=8)


def test_pairs_gif_with_grid_has_more_lines():
    frame = frame_of("a", 0.0)
    with_grid, without = (
        pairs_gif(np.zeros((2, 6, 6, 1)), (0, 1), [frame], title="t", milliseconds=9, grid=grid)
        for grid in (True, False)
    )
    assert with_grid != without


def test_grid_lines():
    points = np.stack(np.meshgrid(np.arange(28.0), np.arange(3.0)), axis=-1)
    lines = _grid_lines(points)
    assert len(lines) == 3 + NUM_LINES
    np.testing.assert_array_equal(lines[0], points[0])
    np.testing.assert_array_equal(lines[-1], points[:, -1])


def test_num_columns():
    assert [_num_columns(count) for count in (1, 2, 4, 6, 8, 9, 16)] == [1, 2, 2, 3, 4, 4, 5]
