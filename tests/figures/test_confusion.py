from typing import Any

import numpy as np
import pytest

from stnctl.figures.confusion import confusion_png
from tests.figures.png_areas import areas, decode, height, near, width

NAMES = tuple(map(str, range(1000)))
DARKEST, LIGHTEST = "#08306b", "#f7fbff"


@pytest.mark.parametrize("num_classes", [2, 10, 19])
def test_confusion_shades_the_diagonal(num_classes):
    """A perfect model has one dark square per class, on the diagonal, all of one size."""
    pixels = decode(
        confusion_png(np.diag(np.arange(1, num_classes + 1)), NAMES[:num_classes], "x: all right")
    )
    assert min(pixels.shape[:2]) >= 550
    squares = areas(near(pixels, DARKEST))
    assert len(squares) == num_classes
    for box in squares:
        assert min(width(box), height(box)) >= 50
        assert width(box) == pytest.approx(width(squares[0]), abs=2)
        assert height(box) == pytest.approx(width(box), abs=2)
    columns = [box[1].start for box in squares]
    assert columns == sorted(columns)


def test_confusion_rows_are_true_classes():
    """Half of class 0 is predicted as class 1; there are no examples of class 1."""
    pixels = decode(confusion_png(np.array([[7, 7], [0, 0]]), NAMES[:2], "x"))
    [medium] = areas(near(pixels, "#6aaed6"), larger_than=50_000)
    [light] = areas(near(pixels, LIGHTEST, within=2), larger_than=50_000)
    assert medium[0].stop <= light[0].start + 1
    assert width(medium) == pytest.approx(width(light), abs=2)
    assert width(medium) == pytest.approx(2 * height(medium), abs=4)


def test_confusion_labels_its_axes(monkeypatch):
    """Rows are true classes, from top to bottom, and columns are predicted classes."""
    monkeypatch.setattr("stnctl.figures.confusion.png", lambda figure: figure)
    figure: Any = confusion_png(np.array([[3, 1, 0], [0, 0, 0], [0, 2, 5]]), NAMES[:3], "x")
    [axes] = figure.axes
    assert (axes.get_ylabel(), axes.get_xlabel()) == ("true", "predicted")
    counts = {text.get_position(): text.get_text() for text in axes.texts}
    assert counts == {(0, 0): "3", (1, 0): "1", (1, 2): "2", (2, 2): "5"}
    assert axes.yaxis_inverted()
    assert not axes.xaxis_inverted()


def test_confusion_writes_legible_counts():
    """White on dark, black on light, none for a count of 0."""
    pixels = decode(confusion_png(np.array([[90, 10], [0, 100]]), NAMES[:2], "x"))
    [first, *_] = areas(near(pixels, "#08488d", within=30), larger_than=20_000)
    assert (pixels[first] == 255).all(axis=-1).any()
    beside = first[0], slice(first[1].stop + 5, first[1].stop + width(first) - 5)
    assert (pixels[beside] < 40).all(axis=-1).any()
    below = slice(first[0].stop + 5, first[0].stop + height(first) - 5), first[1]
    assert near(pixels[below], LIGHTEST, within=2).mean() == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("title", ["x", "a-name-of-40-letters-that-is-rather-long on validation"])
def test_confusion_shows_its_title_whole(title):
    pixels = decode(confusion_png(np.eye(2, dtype=int), NAMES[:2], title))
    for margin in (pixels[:5], pixels[-5:], pixels[:, :5], pixels[:, -5:]):
        assert (margin == 255).all()


def test_confusion_of_a_thousand_classes_stays_small(monkeypatch):
    """At most 20 inches wide, with 42 labels at each axis, and without counts."""
    monkeypatch.setattr("stnctl.figures.confusion.png", lambda figure: figure)
    figure: Any = confusion_png(np.eye(1000, dtype=int), NAMES, "x")
    [axes] = figure.axes
    assert tuple(figure.get_size_inches()) == (20, 20)
    assert [label.get_text() for label in axes.get_xticklabels()] == list(
        map(str, range(0, 1000, 24))
    )
    assert not axes.texts
