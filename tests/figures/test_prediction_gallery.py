import numpy as np

from stnctl.figures import prediction_gallery
from stnctl.figures.prediction_gallery import predictions_png
from tests.figures.png_areas import decode

OUTLINE = np.array([[0, 0], [7, 0], [7, 7], [0, 7], [0, 0]], float)


def draw(count, *, sampled):
    images = [np.full((5 + n % 3, 4, 1), 0.5) for n in range(count)]
    maps = np.zeros((count, 8, 8, 1))
    outlines = np.tile(OUTLINE, (count, 1, 1))
    texts = [f"Pred: {n}" for n in range(count)]
    return decode(
        predictions_png(
            images, maps, (maps, outlines) if sampled else None, (0.0, 1.0), texts, texts, title="x"
        )
    )


def test_v_has_a_column_of_its_own():
    assert draw(2, sampled=True).shape[1] > draw(2, sampled=False).shape[1]


def test_many_images_are_limited(monkeypatch):
    monkeypatch.setattr(prediction_gallery, "MOST_IMAGES", 4)
    assert draw(4, sampled=False).shape == draw(9, sampled=False).shape
