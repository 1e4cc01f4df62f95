import pytest
from hypothesis import given
from hypothesis import strategies as st

from stnctl.errors import UsageError
from stnctl.warping.numbers import (
    are_numbers,
    check_finite,
    format_numbers,
    parse_numbers,
    parse_pair,
)


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
def test_format_numbers_roundtrip(numbers):
    assert parse_numbers("--theta", format_numbers(numbers)) == tuple(numbers)


def test_format_numbers_preset():
    assert format_numbers([1.0, -0.5, 0.0, 1e20]) == "1 -0.5 0 1e+20"


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -1e31])
def test_check_finite_rejects(number):
    with pytest.raises(UsageError, match="--rotate: expected numbers within"):
        check_finite("--rotate", number)


def test_parse_pair_preset():
    assert parse_pair("--shear", "KX KY", "0.5, -1") == (0.5, -1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "--shear: expected two numbers, KX KY, got 0: ''"),
        ("1", "--shear: expected two numbers, KX KY, got 1: '1'"),
        ("1 2 3", "got 3: '1 2 3'"),
        ("1 x", "--shear: expected numbers, got '1 x'"),
    ],
)
def test_parse_pair_rejects(text, message):
    with pytest.raises(UsageError, match=message):
        parse_pair("--shear", "KX KY", text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", True), ("1, -.5; 1e-3", True), ("12px -3px", True), ("3p", False), ("1_0", False)],
)
def test_are_numbers_preset(text, expected):
    assert are_numbers(text) is expected
