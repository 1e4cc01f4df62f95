import numpy as np

from stnctl.figures.alignment_maps import MOST_CLASSES, DrawnAndUndone, alignment_png
from tests.figures.png_areas import decode

N = 300
DRAWN = np.linspace(-90, 90, N)
LABELS = np.arange(N) % 3
NAMES = tuple(map(str, range(100)))


def draw(*parts, classes=3):
    means = [("mean U", np.zeros((classes, 4, 4, 1))), ("mean V", np.ones((classes, 4, 4, 1)))]
    return decode(alignment_png(parts, LABELS, means, NAMES, title="x"))


def test_the_figure_shows_the_undone_values():
    part = DrawnAndUndone("rotation (degrees)", DRAWN, DRAWN)
    assert part.limit == 1.08 * 90
    aligned, ignored = draw(part), draw(DrawnAndUndone("rotation (degrees)", DRAWN, 0 * DRAWN))
    assert aligned.shape == ignored.shape
    assert (aligned != ignored).any()


def test_the_figure_has_a_map_for_each_part():
    rotation = DrawnAndUndone("rotation (degrees)", DRAWN, DRAWN)
    scale = DrawnAndUndone("scale (octaves)", DRAWN / 100, DRAWN / 50)
    assert draw(rotation, scale, rotation, scale).shape[1] > draw(rotation).shape[1]


def test_many_classes_are_limited():
    part = DrawnAndUndone("rotation (degrees)", DRAWN, DRAWN)
    assert draw(part, classes=MOST_CLASSES).shape == draw(part, classes=30).shape
