import pytest

from stnctl.errors import UsageError
from stnctl.warping.sampling_options import SamplingOptions, parse_sampling, parse_size


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, SamplingOptions()),
        ({"antialias": True}, SamplingOptions("area")),
        ({"antialias": True, "interpolation": "area"}, SamplingOptions("area")),
        ({"interpolation": "cubic", "padding": "border"}, SamplingOptions("cubic", "border")),
        ({"fill": "0.5"}, SamplingOptions(padding="value", fill=(0.5,))),
        (
            {"fill": "0 1 0.5", "padding": "value"},
            SamplingOptions(padding="value", fill=(0, 1, 0.5)),
        ),
        ({"fill": "#FF0033"}, SamplingOptions(padding="value", fill=(1, 0, 0.2), is_color=True)),
        ({"align_corners": False}, SamplingOptions(align_corners=False)),
    ],
)
def test_parse_sampling_preset(options, expected):
    assert parse_sampling(**options) == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"antialias": True, "interpolation": "cubic"}, "--antialias .* --interpolation cubic too"),
        ({"fill": "1", "padding": "border"}, "--fill .* --padding border too"),
        ({"padding": "value"}, "--padding value: expected --fill, got none"),
        ({"fill": "2"}, "--fill: expected one number from 0 to 1, .*, got '2'"),
        ({"fill": "-0.1"}, "got '-0.1'"),
        ({"fill": ""}, "got ''"),
        ({"fill": "#12345"}, "a color as #rrggbb, got '#12345'"),
        ({"fill": "red"}, "--fill: expected one number .* or a color as #rrggbb, got 'red'"),
    ],
)
def test_parse_sampling_rejects(options, message):
    with pytest.raises(UsageError, match=message):
        parse_sampling(**options)


@pytest.mark.parametrize(
    ("fill", "mode", "values"),
    [
        ("0.5", "L", (0.5,)),
        ("0.5", "I;16", (0.5,)),
        ("0.5", "LA", (0.5, 1)),
        ("0.5 0", "LA", (0.5, 0)),
        ("0.5", "RGB", (0.5, 0.5, 0.5)),
        ("0 1 0", "RGB", (0, 1, 0)),
        ("0 1 0", "RGBA", (0, 1, 0, 1)),
        ("0 1 0 0.5", "RGBA", (0, 1, 0, 0.5)),
        ("#333333", "L", (0.2,)),
        ("#333333", "LA", (0.2, 1)),
        ("#003300", "RGBA", (0, 0.2, 0, 1)),
    ],
)
def test_fill_values_preset(fill, mode, values):
    sampling = parse_sampling(fill=fill)
    assert sampling.fill_values(mode) == values
    assert sampling.facts(mode)["fill"] == list(values)


@pytest.mark.parametrize(
    ("fill", "mode", "message"),
    [
        ("0 1 0", "L", r"1 channel \(L\), got 3 numbers"),
        ("0 1", "RGB", r"3 channels \(RGB\), got 2 numbers"),
        ("0 1", "RGBA", r"3 channels and opacity \(RGBA\), got 2 numbers"),
        ("#ff0000", "L", r"1 channel \(L\), got a color"),
    ],
)
def test_fill_values_rejects(fill, mode, message):
    with pytest.raises(UsageError, match=message):
        parse_sampling(fill=fill).fill_values(mode)


def test_facts_without_fill():
    assert SamplingOptions().facts("L") == {
        "interpolation": "bilinear",
        "padding": "zeros",
        "align_corners": True,
    }


@pytest.mark.parametrize("text", ["30 40", "30,40", "30.0 4e1"])
def test_parse_size_preset(text):
    assert parse_size(text, 1200) == (30, 40)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("5", "--output-size: expected two numbers, H W, got 1: '5'", "--output-size 200 300"),
        ("0 5", "whole numbers from 1 to 4,194,304, and at most 1,200 pixels, got '0 5'", None),
        ("-1 5", "got '-1 5'", None),
        ("0 2000", "got '0 2000'", None),
        ("2.5 3", "two whole numbers .* got '2.5 3'", None),
        ("nan 3", "expected numbers within", None),
        ("3px 3", "expected numbers, got '3px 3'", None),
        ("30 41", "got '30 41'", "add --max-pixels 1230"),
        ("1 16385", "got '1 16385'", "add --max-pixels 16385"),
        ("1 4194305", "got '1 4194305'", None),
    ],
)
def test_parse_size_rejects(text, message, hint):
    with pytest.raises(UsageError, match=message) as caught:
        parse_size(text, 1200)
    assert hint in caught.value.hint if hint else caught.value.hint is None
