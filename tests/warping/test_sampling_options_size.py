import pytest

from stnctl.errors import UsageError
from stnctl.warping.sampling_options import parse_size


@pytest.mark.parametrize("text", ["30 40", "30,40", "30.0 4e1"])
def test_parse_size_preset(text):
    assert parse_size(text, 1200) == (30, 40)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("5", "--output-size takes two numbers, H W, got 1: '5'", "--output-size 200 300"),
        ("0 5", "whole numbers from 1 to 16,384, and at most 1,200 pixels, got '0 5'", None),
        ("-1 5", "got '-1 5'", None),
        ("0 2000", "got '0 2000'", None),
        ("2.5 3", "two whole numbers .* got '2.5 3'", None),
        ("nan 3", "expected numbers within", None),
        ("3px 3", "expected numbers, got '3px 3'", None),
        ("30 41", "got '30 41'", "raise --max-pixels"),
        ("1 16385", "got '1 16385'", "raise --max-pixels"),
    ],
)
def test_parse_size_rejects(text, message, hint):
    with pytest.raises(UsageError, match=message) as caught:
        parse_size(text, 1200)
    assert hint in caught.value.hint if hint else caught.value.hint is None
