import pytest
from hypothesis import given
from hypothesis import strategies as st

from stnctl.errors import UsageError
from stnctl.warping.numbers import format_numbers, parse_finite, parse_numbers, parse_pair


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 0 one", "--theta: expected numbers, got '1 0 one'"),
        ("1_0 0", "expected numbers"),
        ("nan", "within ±1e.30, got 'nan'"),
        ("1e999", "within"),
        ("x " * 100, r"got 'x x .* \.\.\.'$"),
    ],
)
def test_parse_numbers_rejects(text, message):
    with pytest.raises(UsageError, match=message):
        parse_numbers("--theta", text)


@given(st.lists(st.floats(-1e30, 1e30)), st.sampled_from([" ", ",", "; "]))
def test_parse_numbers_roundtrip(numbers, separator):
    assert parse_numbers("--theta", separator.join(map(repr, numbers))) == tuple(numbers)


@given(st.lists(st.floats(-1e30, 1e30)))
def test_paste_roundtrip(numbers):
    assert parse_numbers("--theta", format_numbers(numbers)) == tuple(numbers)


def test_paste_preset():
    assert format_numbers([1.0, -0.5, 0.0, 1e20]) == "1 -0.5 0 1e+20"


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -1e31])
def test_parse_finite_rejects(number):
    with pytest.raises(UsageError, match="--shear: expected numbers within"):
        parse_finite("--shear", 0.0, number)


def test_parse_pair_preset():
    assert parse_pair("--shear", "KX KY", "0.5, -1") == (0.5, -1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "--shear takes two numbers, KX KY, got 0: ''"),
        ("1", "--shear takes two numbers, KX KY, got 1: '1'"),
        ("1 2 3", "got 3: '1 2 3'"),
        ("1 x", "--shear: expected numbers, got '1 x'"),
    ],
)
def test_parse_pair_rejects(text, message):
    with pytest.raises(UsageError, match=message):
        parse_pair("--shear", "KX KY", text)
