import pytest

from stnctl.cli.inspect_arguments import parse_confused, parse_indices, parse_selection
from stnctl.errors import UsageError
from stnctl.inspection.selection import Selection

NONE = {
    "bad": None, "good": None, "random": None, "most_warped": False, "count": None, "index": None,
    "label": None, "confused": None, "seed": None, "sort": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("options", "selection"),
    [
        ({}, Selection("bad", 9)),
        ({"good": 3}, Selection("good", 3)),
        ({"label": "0"}, Selection("bad", 9, label="0")),
        ({"label": "7", "count": 4}, Selection("bad", 4, label="7")),
        ({"confused": "4,9"}, Selection("bad", 9, confused=("4", "9"))),
        ({"confused": "cat,big dog"}, Selection("bad", 9, confused=("cat", "big dog"))),
        ({"confused": " 9 , 4", "good": 2}, Selection("good", 2, confused=("9", "4"))),
        ({"random": 25}, Selection("random", 25)),
        ({"random": 25, "seed": 3, "label": "1"}, Selection("random", 25, label="1", seed=3)),
        ({"most_warped": True}, Selection("most-warped", 9)),
        ({"most_warped": True, "count": 4}, Selection("most-warped", 4)),
        ({"index": "0-3,11", "sort": "loss"}, Selection("index", 0, (0, 1, 2, 3, 11), sort="loss")),
    ],
)
def test_parse_selection(options, selection):
    assert parse_selection(**{**NONE, **options}) == selection


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"bad": 1, "good": 1}, "choose one of --bad, --good, --random, --most-warped and --index"),
        ({"random": 1, "index": "3"}, "choose one of"),
        ({"most_warped": True, "bad": 1}, "choose one of"),
        ({"seed": 0}, "--seed is the seed of --random"),
        ({"seed": 0, "bad": 1}, "--seed is the seed of --random"),
        ({"label": "1", "confused": "4,9"}, "choose one of --class and --confused"),
        ({"label": "1", "index": "3"}, "--index and --class exclude each other"),
        ({"confused": "1,2", "index": "3"}, "--index and --confused exclude each other"),
        ({"bad": 3, "count": 4}, "--count is the number for"),
        ({"index": "3", "count": 4}, "--count is the number for"),
    ],
)
def test_parse_selection_rejects(options, message):
    with pytest.raises(UsageError, match=message):
        parse_selection(**{**NONE, **options})


@pytest.mark.parametrize(
    ("text", "indices"),
    [
        ("3", [3]),
        ("17,3", [17, 3]),
        ("0-8,11", [*range(9), 11]),
        (" 5 - 6 , 2", [5, 6, 2]),
        ("4-4", [4]),
        ("0-99", [*range(100)]),
    ],
)
def test_parse_indices(text, indices):
    assert parse_indices(text) == indices


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "3,17 or 0-8,11, got ''"),
        ("a", "3,17"),
        ("-3", "3,17"),
        ("1-2-3", "3,17"),
        ("9" * 10, "3,17"),
        ("8-5", "the smaller number first in 8-5"),
        ("0-100", "at most 100 examples"),
        ("0-999999999", "at most 100 examples"),
        (",".join(["1"] * 101), "at most 100"),
        ("0-8,5", "an index is given twice in '0-8,5'"),
    ],
)
def test_parse_indices_rejects(text, message):
    with pytest.raises(UsageError, match=message):
        parse_indices(text)


@pytest.mark.parametrize("text", ["4", "4,4", "4,9,1", "a,", " ,2", "4;9"])
def test_parse_confused_rejects(text):
    with pytest.raises(UsageError, match="expected two classes such as 4,9"):
        parse_confused(text)
