from dataclasses import replace

import pytest

from stnctl.inspection.examples import InspectedExample
from stnctl.inspection.run_inspection import Selection, _caption


def test_caption_writes_sums_out():
    item = InspectedExample(3, 9, 8, probability=0.9, loss=0.1, terms=[1, 8])
    assert _caption(item) == "True: 1 + 8 = 9\nPred: 8 (90.0%)"
    assert _caption(replace(item, terms=None)) == "True: 9, Pred: 8 (90.0%)"


@pytest.mark.parametrize(
    ("selection", "split", "checkpoint", "name"),
    [
        (Selection("bad", 9), "test", "best", "test-bad-9"),
        (Selection("good", 2), "validation", "last", "validation-last-good-2"),
        (Selection("index", indices=(3, 17)), "test", "best", "test-index-3-17"),
        (
            Selection("index", indices=tuple(range(10))),
            "test",
            "best",
            "test-index-0-1-2-3-4-5-6-7-and-2-more",
        ),
    ],
)
def test_folder_of_a_selection_is_unique(selection, split, checkpoint, name):
    assert selection.folder(split, checkpoint) == name
