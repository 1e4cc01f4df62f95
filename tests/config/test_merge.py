import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stnctl.config.merge import merge_over
from stnctl.config.raw import Origin, RawConfig, parse_raw

words = st.sampled_from(["data", "distortion", "set", "R", "RTS", "scale", "train", "x"])
plain = st.recursive(
    st.none() | st.integers(0, 9) | words,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
sections = st.dictionaries(words, plain, max_size=4)


def paths_of(data, path=()):
    yield path
    if isinstance(data, list):
        data = dict(enumerate(data))
    if isinstance(data, dict):
        for key, value in data.items():
            yield from paths_of(value, (*path, key))


def layer(data, name):
    return RawConfig(data, {path: Origin(f"{name}{path}") for path in paths_of(data)})


def merged(base, top):
    return merge_over(layer(base, "base"), layer(top, "top")).data


def test_parse_raw():
    assert parse_raw("a: [1, {b: }]", where="c.yaml") == RawConfig(
        {"a": [1, {"b": None}]},
        {
            (): Origin("c.yaml:1:1"),
            ("a",): Origin("c.yaml:1:1"),
            ("a", 0): Origin("c.yaml:1:5"),
            ("a", 1): Origin("c.yaml:1:8"),
            ("a", 1, "b"): Origin("c.yaml:1:9"),
        },
        {("a", 0): "1"},
    )


@pytest.mark.parametrize("text", ["", "# nothing", "null"])
def test_parse_raw_empty_is_an_empty_section(text):
    assert parse_raw(text, where="c.yaml").data == {}


@pytest.mark.parametrize(
    ("base", "top", "expected"),
    [
        ({}, {"a": 1}, {"a": 1}),
        ({"a": 1, "b": 2}, {"b": 3, "c": 4}, {"a": 1, "b": 3, "c": 4}),
        ({"a": {"b": 1, "c": {}}}, {"a": {"c": {"d": 2}}}, {"a": {"b": 1, "c": {"d": 2}}}),
        ({"a": {"b": 1}}, {"a": {}}, {"a": {"b": 1}}),
        ({"a": {"b": 1}}, {"a": None}, {"a": None}),
        ({"a": {"b": 1}}, {"a": 2}, {"a": 2}),
        ({"a": None}, {"a": {"b": 1}}, {"a": {"b": 1}}),
        ({"a": [1, 2, 3]}, {"a": [4]}, {"a": [4]}),
        ({"a": "text"}, {"a": {"b": 1}}, {"a": {"b": 1}}),
    ],
)  # fmt: skip
def test_merge_over(base, top, expected):
    assert merged(base, top) == expected


@pytest.mark.parametrize(
    ("base", "top", "expected"),
    [
        ({"set": "RTS", "scale": 1}, {"set": "R"}, {"set": "R"}),
        ({"set": "RTS", "scale": 1}, "R", "R"),
        ({"set": "RTS", "scale": 1}, ["rotate"], ["rotate"]),
        ({"set": "RTS", "scale": 1}, None, None),
        ({"set": "R", "a": 1}, {"set": "R", "b": 2}, {"set": "R", "a": 1, "b": 2}),
        ({"set": "RTS", "scale": 1}, {"scale": 2}, {"set": "RTS", "scale": 2}),
        ("RTS", {"scale": 2}, {"set": "RTS", "scale": 2}),
        ("RTS", {"set": "RTS", "scale": 2}, {"set": "RTS", "scale": 2}),
        ("RTS", {"set": "R"}, {"set": "R"}),
        (["rotate"], {"set": "R"}, {"set": "R"}),
        ({"scale": 1}, {"set": "R"}, {"set": "R"}),
    ],
)  # fmt: skip
def test_merge_over_distortion(base, top, expected):
    result = merged({"data": {"distortion": base, "source": "x"}}, {"data": {"distortion": top}})
    assert result == {"data": {"distortion": expected, "source": "x"}}


def test_merge_over_origins():
    base = parse_raw("data:\n  distortion: R\n  keys: {x_test: a}\nseed: 1\n", where="base")
    top = parse_raw("data:\n  distortion: {rotation: 3}\n  keys: 4\n", where="top")
    origins = merge_over(base, top).origins
    assert {path: origin.text for path, origin in origins.items()} == {
        (): "top:1:1",
        ("data",): "top:1:1",
        ("data", "distortion"): "top:2:3",
        ("data", "distortion", "set"): "base:2:3",
        ("data", "distortion", "rotation"): "top:2:16",
        ("data", "keys"): "top:3:3",
        ("seed",): "base:4:1",
    }


@given(sections, sections)
@settings(max_examples=2 * settings().max_examples)
def test_merge_over_random(base, top):
    below, above = layer(base, "base"), layer(top, "top")
    result = merge_over(below, above)
    assert (below, above) == (layer(base, "base"), layer(top, "top"))
    assert set(result.origins) == set(paths_of(result.data))
    assert above.origins.items() <= result.origins.items()
    assert result.data.keys() == base.keys() | top.keys()
    assert merge_over(result, above).data == result.data
