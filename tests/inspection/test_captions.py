from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from stnctl.geometry import TRANSFORMS
from stnctl.inspection.captions import caption, index_note, short_caption, theta_note
from stnctl.inspection.examples import TransformerMaps
from stnctl.inspection.inspected_example import InspectedExample

ITEM = InspectedExample(3, 9, 8, probability=0.9, loss=0.1, terms=[1, 8])


def test_caption_of_a_sum():
    assert caption(ITEM) == "True: 1 + 8 = 9\nPred: 8 (90.0%)"
    assert caption(replace(ITEM, terms=None)) == "True: 9, Pred: 8 (90.0%)"
    assert short_caption(ITEM) == "example 3, True: 1 + 8 = 9, Pred: 8"
    assert index_note(ITEM) == "example 3"


def test_theta_note_has_the_motion_in_words():
    """Theta maps V to U: a region half as large, turned clockwise, shows U larger and turned back.

    On 21 pixels, 0.2 are 2 pixels.
    """
    sampling = SimpleNamespace(transform="affine", family=TRANSFORMS["affine"], align_corners=True)
    maps = np.zeros((2, 21, 21, 1))
    theta = np.array([[0, -0.5, 0, 0.5, 0, 0], [1, 0, 0.2, 0, 1, 0]])
    found = TransformerMaps(SimpleNamespace(sampling=sampling), (), maps, theta, maps, maps)
    assert theta_note(ITEM, found, 0) == (
        "example 3: rotates 90.0° counterclockwise and grows to 2.00 times its size"
    )
    assert theta_note(ITEM, found, 1) == "example 3: moves 2.0 px left"
