import numpy as np

from stnctl.figures.class_means import MOST_CLASSES, class_means_png
from tests.figures.png_areas import decode

NAMES = tuple(map(str, range(100)))


def test_class_means_have_a_column_for_each_class():
    maps = np.zeros((3, 8, 8, 1))
    maps[1] = np.eye(8)[..., None]
    pixels = decode(class_means_png([("U", maps), ("V (affine)", maps)], NAMES))
    dark = (pixels == 0).all(axis=-1).mean(axis=0) > 0.5  # columns of black maps
    assert np.diff(dark.astype(int)).clip(0).sum() >= 2


def test_class_means_of_many_classes_are_limited():
    few, many = (
        decode(class_means_png([("U", np.zeros((n, 4, 4, 1)))], NAMES))
        for n in (MOST_CLASSES, 5 * MOST_CLASSES)
    )
    assert few.shape == many.shape
