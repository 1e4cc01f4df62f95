import json
from dataclasses import replace

import numpy as np
import pytest

from stnctl.data.dataset import Split
from stnctl.data.split_view import SplitView
from stnctl.evaluation.loaded_run import LoadedRun
from stnctl.inspection.examples import InspectedExample, InspectedExamples
from stnctl.inspection.run_inspection import Inspection, Selection, _caption, write_inspection


def test_caption_of_a_sum():
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
            "test-index-0-1-2-3-4-5-6-7-8-9",
        ),
    ],
)
def test_selection_folder(selection, split, checkpoint, name):
    assert selection.folder(split, checkpoint) == name


def test_selection_folder_of_other_indices_is_another():
    first, second = range(100), (*range(99), 100)
    names = {
        Selection("index", indices=tuple(each)).folder("test", "best") for each in (first, second)
    }
    assert len(names) == 2


@pytest.mark.parametrize(
    ("selection", "title"),
    [
        (Selection("bad", 9), "the 9 worst predictions"),
        (Selection("good", 2), "the 2 best predictions"),
        (Selection("index", indices=(3, 17)), "given examples"),
    ],
)
def test_selection_title(selection, title):
    assert selection.title == title


class GivenLogits:
    """Model that predicts class 0 with more confidence for brighter images."""

    layers = ()

    def predict_on_batch(self, U):
        return np.stack([U.max(axis=(1, 2, 3)), *[np.zeros(len(U))] * 9], axis=1)


@pytest.mark.parametrize(
    ("selection", "indices"),
    [
        (Selection("bad", 2), [3, 1]),
        (Selection("good", 3), [4, 2, 0]),
        (Selection("index", indices=(3, 0, 3)), [3, 0, 3]),
    ],
)
def test_selection_choose(selection, indices):
    images = np.full((5, 4, 4, 1), np.array([150, 50, 200, 0, 250]).reshape(5, 1, 1, 1), np.uint8)
    examples = SplitView(Split(images, np.zeros(5, np.int64)), "test").examples()
    loaded = LoadedRun(None, None, GivenLogits(), num_epochs=1)
    found = selection.choose(loaded, examples, lambda _done, _total: None)
    assert found.tolist() == indices


def inspection_of(*thetas):
    items = [InspectedExample(0, 1, 1, probability=0.9, loss=0.1, theta=each) for each in thetas]
    empty = np.zeros((len(items), 2, 2, 1))
    return Inspection({"run": "x"}, InspectedExamples(items, empty, empty, None), {"U.png": b"u"})


@pytest.mark.parametrize(
    ("thetas", "same"),
    [
        (([1.0, 0.0],), False),
        (([1.0, 0.0], [1.01, 0.0]), True),
        (([1.0, 0.0], [1.0, 0.03]), False),
    ],
)
def test_inspection_has_same_thetas(thetas, same):
    assert inspection_of(*thetas).has_same_thetas is same


def test_write_inspection_writes_figures_and_report(tmp_path):
    paths = write_inspection(tmp_path / "inspect", inspection_of([1.0]))
    assert paths == [tmp_path / "inspect" / name for name in ("U.png", "items.json")]
    assert paths[0].read_bytes() == b"u"
    assert json.loads(paths[1].read_text(encoding="utf-8")) == {"run": "x"}
