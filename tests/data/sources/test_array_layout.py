import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stnctl.data.sources.array_layout import image_layout
from stnctl.errors import InputError

SIDES = st.integers(1, 512)
WHERE, UINT8 = "a.npz: X", np.dtype(np.uint8)


@given(height=SIDES, width=SIDES, channels=st.none() | st.integers(1, 4))
def test_image_layout_random_flat(height, width, channels):
    image_shape = (height, width) if channels is None else (height, width, channels)
    found = image_layout(WHERE, (7, height * width * (channels or 1)), UINT8, image_shape)
    assert found == (7, *image_shape)


@pytest.mark.parametrize("shape", [(5, 8, 9), (5, 8, 9, 1), (5, 8, 9, 3)])
def test_image_layout_identity_without_image_shape(shape):
    assert image_layout(WHERE, shape, UINT8, None) == shape


@pytest.mark.parametrize(
    ("shape", "image_shape"),
    [
        ((5, 8, 9), (8, 9)),
        ((5, 8, 9), (8, 9, 1)),
        ((5, 8, 9, 1), (8, 9)),
        ((5, 8, 9, 1), (8, 9, 1)),
        ((5, 1, 8, 9), (8, 9)),
        ((5, 1, 8, 9), (8, 9, 1)),
        ((5, 72, 1), (1, 72)),
        ((5, 8, 9, 3), (8, 9, 3)),
        ((5, 3, 3, 3), (3, 3, 3)),
    ],
)
def test_image_layout_takes_what_agrees(shape, image_shape):
    assert image_layout(WHERE, shape, UINT8, image_shape) == (5, *image_shape)


@pytest.mark.parametrize(
    ("length", "hint"),
    [
        (1600, "if they are square, set `data.image_shape: [40, 40]`"),
        (1, "if they are square, set `data.image_shape: [1, 1]`"),
        (3072, "if they are square, set `data.image_shape: [32, 32, 3]`"),
        (513**2, "say what one image is with `data.image_shape: [height, width]`"),
        (1500, "say what one image is with `data.image_shape: [height, width]`"),
        (0, "say what one image is with `data.image_shape: [height, width]`"),
        (-4, "say what one image is with `data.image_shape: [height, width]`"),
    ],
)
def test_image_layout_rejects_flat_images_of_unknown_shape(length, hint):
    message = rf"^a.npz: X has shape \(5, {length}\): flat images of {length} values, whose height"
    with pytest.raises(InputError, match=message) as caught:
        image_layout(WHERE, (5, length), UINT8, None)
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("shape", "image_shape", "message", "hint"),
    [
        (
            (5, 1600),
            (28, 28),
            r"flat images of 1600 values, but data.image_shape is \[28, 28\], which is 784$",
            "[40, 40]",
        ),
        ((5, 784), (28, 28, 3), r"of 784 values, but .* is \[28, 28, 3\], which is 2352$", "[28,"),
        ((5, 8, 9), (9, 8), r"shape \(5, 8, 9\), expected images of .*, \[9, 8\], or", "to null"),
        ((5, 8, 9, 3), (8, 9), r"shape \(5, 8, 9, 3\), .* or flat ones of 72 values", "to null"),
        ((5, 1, 72), (8, 9), r"shape \(5, 1, 72\), expected images of", "to null"),
        ((5,), (8, 9), r"shape \(5,\), expected images of", "to null"),
        ((), (8, 9), r"shape \(\), expected images of", "to null"),
        ((5, 3, 8, 9), (8, 9, 3), r"shape \(5, 3, 8, 9\), expected images of", "channels last"),
        ((5, 2, 8, 9), (8, 9, 3), r"shape \(5, 2, 8, 9\), expected images of", "to null"),
    ],
)
def test_image_layout_rejects_what_does_not_agree(shape, image_shape, message, hint):
    with pytest.raises(InputError, match=f"^a.npz: X has .*{message}") as caught:
        image_layout(WHERE, shape, UINT8, image_shape)
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("shape", "dtype", "image_shape", "message"),
    [
        ((5, 64), "bool", (8, 8), "dtype bool, expected integers, float32 or float64"),
        ((5, 64), "object", (8, 8), "dtype object"),
        ((0, 64), "uint8", (8, 8), r"shape \(0, 8, 8\), expected sizes from 1"),
        ((-5, 64), "uint8", (8, 8), r"shape \(-5, 8, 8\), expected sizes from 1"),
        ((5, 320), "uint8", (8, 8, 5), r"shape \(5, 8, 8, 5\), expected sizes from 1"),
        ((), "uint8", (1, 1), r"shape \(1, 1\), expected \(n, H, W\)"),
        ((), "uint8", None, r"shape \(\), expected \(n, H, W\)"),
    ],
)
def test_image_layout_rejects_the_form_of_the_result(shape, dtype, image_shape, message):
    with pytest.raises(InputError, match=f"^a.npz: X has {message}"):
        image_layout(WHERE, shape, np.dtype(dtype), image_shape)
