import io

import numpy as np
import pytest
from PIL import Image, ImageSequence

from stnctl.figures.animation import REST, animation_gif, eased


def played(data):
    """Return the frames of a GIF, (n, H, W, 3), and their durations."""
    frames, durations = [], []
    with Image.open(io.BytesIO(data)) as gif:
        assert gif.format == "GIF"
        assert gif.info["loop"] == 0  # endless
        for frame in ImageSequence.Iterator(gif):
            frames.append(np.asarray(frame.convert("RGB")).astype(int))
            durations.append(frame.info["duration"])
    return np.stack(frames), durations


def gray_steps(num_frames, channels=1):
    values = np.linspace(0.2, 0.8, num_frames)
    return [np.full((4, 6, channels), value) for value in values]


@pytest.mark.parametrize("num_frames", [2, 3, 24])
def test_eased_preset(num_frames):
    shares = eased(num_frames)
    assert shares.shape == (num_frames,)
    assert (shares[0], shares[-1]) == (0, 1)
    assert (np.diff(shares) > 0).all()
    np.testing.assert_allclose(shares, 1 - shares[::-1], atol=1e-15)


def test_eased_is_slow_at_the_ends():
    steps = np.diff(eased(25))
    assert steps[0] <= steps.min() + 1e-12 < 0.15 * steps.max()
    assert steps.argmax() in (11, 12)


@pytest.mark.parametrize("num_frames", [-1, 0, 1])
def test_eased_rejects_too_few(num_frames):
    with pytest.raises(ValueError, match=f"at least 2 frames, got {num_frames}"):
        eased(num_frames)


@pytest.mark.parametrize("channels", [1, 3])
def test_animation_plays_forward_and_backward(channels):
    frames, durations = played(animation_gif(gray_steps(4, channels), milliseconds=40))
    shades = np.array([51, 102, 153, 204, 153, 102])
    np.testing.assert_allclose(frames, np.broadcast_to(shades[:, None, None, None], frames.shape))
    assert durations == [REST, 40, 40, REST, 40, 40]


def test_animation_of_gray_keeps_every_shade():
    ramp = np.arange(256).reshape(16, 16, 1) / 255
    frames, _ = played(animation_gif([ramp, ramp[::-1]], milliseconds=50))
    np.testing.assert_array_equal(frames[0][..., 0], np.arange(256).reshape(16, 16))
    np.testing.assert_array_equal(frames[1], frames[0][::-1])


def test_animation_in_color_does_not_flicker():
    """Still parts keep one color, near the right one."""
    rng = np.random.default_rng(0)
    still = rng.random((20, 20, 3))
    moving = [np.concatenate([still, np.full((20, 4, 3), share)], 1) for share in eased(9)]
    frames, _ = played(animation_gif(moving, milliseconds=20))
    assert (frames[:, :, :20] == frames[0, :, :20]).all()
    assert np.abs(frames[0, :, :20] - still * 255).mean() < 8


def test_animation_puts_a_checkerboard_behind_transparent_pixels():
    clear = np.zeros((16, 16, 4))
    solid = clear + np.array([0, 0, 0, 1])
    frames, _ = played(animation_gif([solid, clear], milliseconds=20))
    assert (frames[0] == 0).all()
    assert len(np.unique(frames[1])) == 2


def test_animation_repeats():
    frames = [np.random.default_rng(n).random((9, 7, 3)) for n in range(3)]
    assert animation_gif(frames, milliseconds=30) == animation_gif(frames, milliseconds=30)


@pytest.mark.parametrize(
    "frames", [[], [np.zeros((4, 4, 1)), np.zeros((4, 5, 1))], [np.zeros((4, 4, 5))]]
)
def test_animation_rejects_shapes(frames):
    with pytest.raises(ValueError, match=r"of one shape, got|needs shape \(H, W, C\)"):
        animation_gif(frames, milliseconds=40)
