import numpy as np
import pytest

from stnctl.figures.raster import CHECKER_DARK, CHECKER_LIGHT, fitted, opaque, to_picture


def gray(*rows):
    return np.array(rows, float)[..., None]


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (2, "LA"), (3, "RGB"), (4, "RGBA")])
def test_to_picture_random(channels, mode):
    image = np.random.default_rng(channels).random((3, 5, channels))
    picture = to_picture(image)
    assert (picture.mode, picture.size) == (mode, (5, 3))
    np.testing.assert_array_equal(
        np.asarray(picture).reshape(3, 5, channels), np.rint(image * 255).astype(int)
    )


def test_to_picture_preset():
    """Cut to [0, 1]; black where it is not finite; the map is left as it is."""
    image = gray([-1, 2, np.nan], [np.inf, -np.inf, 0.2])
    before = image.copy()
    np.testing.assert_array_equal(np.asarray(to_picture(image)), [[0, 255, 0], [0, 0, 51]])
    np.testing.assert_array_equal(image, before)


@pytest.mark.parametrize("shape", [(3, 5), (3, 5, 0), (3, 5, 5), (1, 3, 5, 1), (0, 5, 1)])
def test_to_picture_rejects_shapes(shape):
    with pytest.raises(ValueError, match=r"needs shape \(H, W, C\), C from 1 to 4, got"):
        to_picture(np.zeros(shape))


@pytest.mark.parametrize(
    ("size", "limits", "expected"),
    [
        ((4, 2), (100, 100), (100, 50)),  # grows by 25
        ((3, 2), (100, 100), (99, 66)),  # by a whole factor
        ((3, 2), (5, 100), (3, 2)),
        ((200, 100), (50, 50), (50, 25)),
        ((200, 100), (150, 30), (60, 30)),
        ((1000, 2), (10, 10), (10, 1)),  # never thinner than a pixel
    ],
)
def test_fitted_keeps_proportions(size, limits, expected):
    columns, rows = size
    picture = to_picture(np.zeros((rows, columns, 1)))
    assert fitted(picture, *limits).size == expected


def test_fitted_averages_areas():
    picture = fitted(to_picture(gray([0, 0.4, 1, 1], [0.4, 0.8, 0, 0])), 2, 2)
    np.testing.assert_allclose(np.asarray(picture), [[0.4 * 255, 0.5 * 255]], atol=1)


def test_fitted_repeats_pixels():
    picture = fitted(to_picture(gray([0, 1])), 5, 5)
    np.testing.assert_array_equal(np.asarray(picture), [[0, 0, 255, 255]] * 2)


def test_fitted_weights_colors_by_opacity():
    """What is transparent has no color to give."""
    clear_red, blue = (1, 0, 0, 0), (0, 0, 1, 1)
    picture = fitted(to_picture(np.array([[clear_red, blue]], float)), 1, 1)
    np.testing.assert_allclose(np.asarray(picture)[0, 0], (0, 0, 255, 127), atol=1)


@pytest.mark.parametrize(("channels", "mode"), [(2, "L"), (4, "RGB")])
def test_opaque_shows_a_checkerboard(channels, mode):
    """Behind what is clear; nothing of it behind what is solid; half of it in between."""
    image = np.zeros((2, 6, channels))
    image[:, 2:4, -1], image[:, 4:, -1] = 0.5, 1.0
    picture = opaque(to_picture(image), cell=1)
    assert picture.mode == mode
    shades = np.asarray(picture).reshape(2, 6, -1)[..., 0]
    light, dark = CHECKER_LIGHT, CHECKER_DARK
    np.testing.assert_array_equal(shades[:, :2], [[light, dark], [dark, light]])
    np.testing.assert_allclose(
        shades[:, 2:4], [[light / 2, dark / 2], [dark / 2, light / 2]], atol=1
    )
    assert (shades[:, 4:] == 0).all()


@pytest.mark.parametrize("channels", [1, 3])
def test_opaque_leaves_what_is_opaque(channels):
    picture = to_picture(np.random.default_rng(0).random((3, 5, channels)))
    np.testing.assert_array_equal(np.asarray(opaque(picture)), np.asarray(picture))
