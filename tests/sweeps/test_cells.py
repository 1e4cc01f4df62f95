"""Names and labels of cells."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stnctl.config.choices import RUN_NAME
from stnctl.sweeps.cells import cell_name, group_key, group_label, unique_names, varying_keys

NAMES = st.from_regex(RUN_NAME, fullmatch=True)
VALUES = st.dictionaries(
    st.text(min_size=1, max_size=30),
    st.one_of(st.text(max_size=80), st.integers(), st.floats(allow_nan=False), st.booleans()),
    max_size=5,
)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({}, "find-s3"),
        ({"base": "configs/stn_r.yaml"}, "find-stn_r-s3"),
        ({"train.learning_rate": 3e-4}, "find-learning_rate-0.0003-s3"),
        ({"model.transformer.localization": "polar"}, "find-polar-s3"),
        ({"train.epochs": 2, "data.distortion": "RTS"}, "find-epochs-2-RTS-s3"),
        ({"model.transformer": None}, "find-transformer-null-s3"),
        ({"model.classifier": {"filters": [4, 8]}}, "find-classifier-filters-4-8-s3"),
    ],
)
def test_name_says_what_differs(values, name):
    assert cell_name("find", values, 3, "abcdef0123") == name


@given(NAMES, VALUES, st.integers(0, 2**32 - 1))
def test_each_name_is_one_of_a_run(sweep, values, seed):
    name = cell_name(sweep, values, seed, "abcdef0123")
    assert re.fullmatch(RUN_NAME, name)
    assert name.endswith(f"-s{seed}")


def test_a_long_name_ends_with_the_fingerprint():
    values = {f"train.key_{number}": number for number in range(9)}
    name = cell_name("find", values, 0, "abcdef0123")
    assert len(name) == 64
    assert name.endswith("-abcdef-s0")


@given(st.lists(NAMES, max_size=6).flatmap(lambda names: st.lists(st.sampled_from(names or ["x"]))))
def test_unique_names(names):
    unique = unique_names(names, taken=["x", "x-2"])
    assert len({*unique, "x", "x-2"}) == len(names) + 2
    assert all(re.fullmatch(RUN_NAME, name) for name in unique)


def test_unique_names_have_numbers():
    assert unique_names(["x", "y", "y"], taken=["x", "x-2"]) == ["x-3", "y", "y-2"]


def test_group_key_does_not_depend_on_the_order():
    assert group_key({"a": 1, "b": [2]}) == group_key({"b": [2], "a": 1})
    assert group_key({"a": 1}) != group_key({"a": True})


def test_group_label():
    assert group_label({}) == "all"
    assert group_label({"base": "cnn", "train.epochs": 2}) == "cnn, epochs 2"


def test_varying_keys():
    assert varying_keys([{"a": 1}, {"b": 1, "base": "x"}, {"a": 2}]) == ["base", "a", "b"]
