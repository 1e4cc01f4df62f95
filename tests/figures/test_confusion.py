import numpy as np
import pytest

from stnctl.figures.confusion import confusion_png
from tests.figures.pictures import areas, decode, height, near, width

DARKEST, LIGHTEST = "#08306b", "#f7fbff"


@pytest.mark.parametrize("num_classes", [2, 10, 19])
def test_confusion_shades_the_diagonal(num_classes):
    """Of a perfect model each class has one dark square, down the diagonal, all of one size."""
    picture = decode(confusion_png(np.diag(np.arange(1, num_classes + 1)), "x: all right"))
    assert min(picture.shape[:2]) >= 550
    squares = areas(near(picture, DARKEST))
    assert len(squares) == num_classes
    for box in squares:
        assert min(width(box), height(box)) >= 50
        assert width(box) == pytest.approx(width(squares[0]), abs=2)
        assert height(box) == pytest.approx(width(box), abs=2)
    columns = [box[1].start for box in squares]
    assert columns == sorted(columns)


def test_confusion_rows_are_true_classes():
    """Half of class 0 is taken for class 1; nobody is of class 1."""
    picture = decode(confusion_png(np.array([[7, 7], [0, 0]]), "x"))
    [medium] = areas(near(picture, "#6aaed6"), larger_than=50_000)
    [light] = areas(near(picture, LIGHTEST, within=2), larger_than=50_000)
    assert medium[0].stop <= light[0].start + 1
    assert width(medium) == pytest.approx(width(light), abs=2)
    assert width(medium) == pytest.approx(2 * height(medium), abs=4)


def test_confusion_writes_counts_that_can_be_read():
    """White on dark, black on light; nothing where the count is 0."""
    picture = decode(confusion_png(np.array([[90, 10], [0, 100]]), "x"))
    [first, *_] = areas(near(picture, "#08488d", within=30), larger_than=20_000)
    assert (picture[first] == 255).all(axis=-1).any()
    beside = first[0], slice(first[1].stop + 5, first[1].stop + width(first) - 5)
    assert (picture[beside] < 40).all(axis=-1).any()
    below = slice(first[0].stop + 5, first[0].stop + height(first) - 5), first[1]
    assert near(picture[below], LIGHTEST, within=2).mean() == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("title", ["x", "a-name-of-40-letters-that-goes-on-and-on on validation"])
def test_confusion_shows_its_title_whole(title):
    picture = decode(confusion_png(np.eye(2, dtype=int), title))
    for margin in (picture[:5], picture[-5:], picture[:, :5], picture[:, -5:]):
        assert (margin == 255).all()


def test_confusion_of_a_thousand_classes_stays_small():
    picture = decode(confusion_png(np.eye(1000, dtype=int), "x"))
    assert max(picture.shape[:2]) <= 3200
