from types import SimpleNamespace

import numpy as np
import pytest

from stnctl.data.dataset import Split
from stnctl.data.split_view import SplitView
from stnctl.errors import UsageError
from stnctl.inspection.selection import Selection, class_number
from tests.given_outputs import loaded_with

INDICES = Selection("index", indices=(3, 17))


@pytest.mark.parametrize(
    ("selection", "place", "name"),
    [
        (Selection("bad", 9), ("test", "best"), "test-bad-9"),
        (Selection("good", 2), ("validation", "last"), "validation-last-good-2"),
        (INDICES, ("test", "best"), "test-index-3-17"),
        (
            Selection("index", indices=tuple(range(10))),
            ("test", "best"),
            "test-index-0-1-2-3-4-5-6-7-8-9",
        ),
        (Selection("bad", 9), ("test", "best", "R"), "test-R-bad-9"),
        (Selection("bad", 9, label="7"), ("test", "best"), "test-class-7-bad-9"),
        (Selection("bad", 9, confused=("4", "9")), ("test", "best"), "test-confused-4-9-bad-9"),
        (Selection("random", 25), ("test", "best"), "test-random-25"),
        (Selection("random", 25, seed=3), ("test", "best"), "test-random-25-seed-3"),
        (Selection("most-warped", 9), ("test", "best"), "test-most-warped-9"),
        (Selection("bad", 9, sort="index"), ("test", "best"), "test-bad-9-sort-index"),
    ],
)
def test_selection_folder(selection, place, name):
    assert selection.folder(*place) == name


def test_selection_folder_of_other_indices_is_another():
    first, second = range(100), (*range(99), 100)
    names = {
        Selection("index", indices=tuple(each)).folder("test", "best") for each in (first, second)
    }
    assert len(names) == 2


@pytest.mark.parametrize(
    ("selection", "count", "title"),
    [
        (Selection("bad", 9), 9, "the 9 worst predictions"),
        (Selection("good", 2), 2, "the 2 best predictions"),
        (Selection("bad", 9), 1, "the worst prediction"),
        (INDICES, 2, "given examples"),
        (Selection("random", 25, label="7"), 4, "4 random examples of class 7"),
        (Selection("random", 25), 1, "a random example"),
        (
            Selection("bad", 9, confused=("4", "9")),
            3,
            "the 3 worst predictions among the confused 4 and 9",
        ),
        (Selection("most-warped", 9), 9, "the 9 most warped examples"),
    ],
)
def test_selection_title(selection, count, title):
    assert selection.title(count) == title


def given_logits(U):
    """Predict class 0 with more confidence for brighter images, and given thetas."""
    logits = np.stack([U.max(axis=(1, 2, 3)), *[np.zeros(len(U))] * 9], axis=1)
    return {"logits": logits, "t/theta": U.max(axis=(1, 2, 3))[:, None] * [[0, 0, 1, 0, 0, 0]]}


@pytest.fixture
def choose(monkeypatch):
    """Return a function that chooses among examples of given brightness and label."""

    def choose(selection, brightness, labels, transformers=()):
        images = np.array(brightness, np.uint8).reshape(-1, 1, 1, 1) * np.ones((4, 4, 1), np.uint8)
        examples = SplitView(Split(images, np.array(labels, np.int64)), "test").examples()
        job = SimpleNamespace(
            class_names=tuple("0123456789"), network=SimpleNamespace(transformers=transformers)
        )
        run = SimpleNamespace(name="x")
        loaded = loaded_with(run, job, given_logits)
        return selection.choose(loaded, examples, lambda _done, _total: None).tolist()

    return choose


BRIGHTNESS = (150, 50, 200, 0, 250)


@pytest.mark.parametrize(
    ("selection", "indices"),
    [
        (Selection("bad", 2), [3, 1]),
        (Selection("good", 3), [4, 2, 0]),
        (Selection("good", 9), [4, 2, 0, 1, 3]),
        (Selection("index", indices=(3, 0, 3)), [3, 0, 3]),
    ],
)
def test_selection_choose(choose, selection, indices):
    assert choose(selection, BRIGHTNESS, [0] * 5) == indices


@pytest.mark.parametrize(
    ("selection", "indices"),
    [
        (Selection("bad", 9, label="0"), [0, 1]),  # of class 0, the darker one is the worse one
        (Selection("good", 1, label="0"), [1]),
        (Selection("bad", 9, label="4"), [4, 2]),  # class 0 is predicted, more so if bright
        (Selection("bad", 9, confused=("4", "0")), [4, 2]),
        (Selection("bad", 9, confused=("0", "4")), [4, 2]),
        (Selection("good", 1, confused=("0", "4")), [2]),
    ],
)
def test_selection_choose_of_a_class(choose, selection, indices):
    """All examples are taken for class 0."""
    assert choose(selection, (100, 200, 100, 0, 200), [0, 0, 4, 3, 4]) == indices


def test_selection_choose_random(choose):
    labels = [number % 3 for number in range(60)]
    chosen = {
        seed: choose(Selection("random", 9, seed=seed, label="2"), range(60), labels)
        for seed in (0, 0, 1)
    }
    assert all(labels[index] == 2 for index in chosen[0] + chosen[1])
    assert len(set(chosen[0])) == 9
    assert chosen[0] != chosen[1]
    assert chosen[0] == choose(Selection("random", 9, label="2"), range(60), labels)
    confused = Selection("random", 9, confused=("0", "2"))
    assert len(choose(confused, range(60), labels)) == 9


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        (Selection("bad", 9, label="10"), "no class 10: the classes are 0 to 9"),
        (Selection("bad", 9, confused=("12", "3")), "no class 12"),
        (Selection("bad", 9, label="7"), "the test set has no example of class 7"),
        (Selection("bad", 9, confused=("3", "4")), "no 3 is taken for 4, and no 4 for 3"),
        (Selection("most-warped", 9), "the network of x has no transformer"),
        (Selection("index", indices=(5,)), "no example 5"),
    ],
)
def test_selection_choose_rejects(choose, selection, message):
    with pytest.raises(UsageError, match=message):
        choose(selection, BRIGHTNESS, [0, 0, 3, 3, 4])


def test_selection_choose_most_warped(choose):
    sampling = SimpleNamespace(family=_Family(), align_corners=True)
    transformer = SimpleNamespace(
        name="t",
        sampling=sampling,
        U=SimpleNamespace(shape=(4, 4, 1)),
        V=SimpleNamespace(shape=(2, 2, 1)),
    )
    warped = Selection("most-warped", 3)
    assert choose(warped, BRIGHTNESS, [0] * 5, [transformer]) == [4, 2, 0]


class _Family:
    """Shift along x."""

    def identity(self):
        return np.zeros(6)

    def grid(self, theta, output_size, *, align_corners):
        assert align_corners
        return np.zeros((len(theta), *output_size, 2)) + theta[:, None, None, 2:4]


@pytest.mark.parametrize(
    ("text", "names", "number"),
    [
        ("3", "0123456789", 3),
        ("3", "123456789", 2),  # the first label is 1, so the name of class 2 is 3
        ("0", "123456789", 0),
        ("big dog", ("cat", "big dog"), 1),
        ("1", ("cat", "big dog"), 1),
    ],
)
def test_class_number(text, names, number):
    assert class_number(text, tuple(names)) == number


@pytest.mark.parametrize(
    ("text", "names", "message"),
    [
        ("10", "0123456789", "no class 10: the classes are 0 to 9"),
        ("-1", "0123456789", "no class -1"),
        ("catt", ("cat", "big dog"), "the classes are cat, big dog, did you mean cat?"),
        ("x", tuple(f"class {n}" for n in range(30)), "class 9, ..."),
    ],
)
def test_class_number_rejects(text, names, message):
    with pytest.raises(UsageError, match=message):
        class_number(text, tuple(names))
