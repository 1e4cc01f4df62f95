import pytest
from hypothesis import given
from hypothesis import strategies as st

from stnctl.cli.warping.numbers import join_numbers, parse_finite, parse_numbers, paste
from stnctl.errors import UsageError


@pytest.mark.parametrize(
    ("args", "joined"),
    [
        (["--theta", "1", "-2", "x.png"], ["--theta", "1 -2", "x.png"]),
        (["--theta", "-.5", "1e-3", "-o", "3"], ["--theta", "-.5 1e-3", "-o", "3"]),
        (["--theta", "1 0", "0"], ["--theta", "1 0 0"]),
        (["--theta"], ["--theta"]),
        (["--theta=1", "0", "x.png"], ["--theta", "1 0", "x.png"]),
        (["5", "--json"], ["5", "--json"]),
    ],
)
def test_join_numbers_preset(args, joined):
    assert join_numbers(args, "--theta") == joined


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
    assert parse_numbers("--theta", paste(numbers)) == tuple(numbers)


def test_paste_preset():
    assert paste([1.0, -0.5, 0.0, 1e20]) == "1 -0.5 0 1e+20"


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -1e31])
def test_parse_finite_rejects(number):
    with pytest.raises(UsageError, match="--shear: expected numbers within"):
        parse_finite("--shear", 0.0, number)
