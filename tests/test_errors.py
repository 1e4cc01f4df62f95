import inspect

import pytest

from stnctl import errors
from stnctl.errors import (
    ConfigError,
    DivergedError,
    EnvironmentFault,
    InputError,
    StnctlError,
    UsageError,
    did_you_mean,
    nearest,
)

EXIT_CODES = {
    StnctlError: 1,
    UsageError: 2,
    ConfigError: 2,
    InputError: 3,
    EnvironmentFault: 4,
    DivergedError: 5,
}


@pytest.mark.parametrize(("kind", "code"), EXIT_CODES.items())
def test_exit_code_preset(kind, code):
    error = kind("what came", hint="what to do")
    assert isinstance(error, StnctlError)
    assert error.exit_code == code
    assert (str(error), error.hint) == ("what came", "what to do")
    assert kind("what came").hint is None


def test_exit_code_is_tested_for_every_class():
    classes = {kind for _, kind in inspect.getmembers(errors, inspect.isclass)}
    assert {kind for kind in classes if issubclass(kind, StnctlError)} == set(EXIT_CODES)


def test_hint_is_named():
    with pytest.raises(TypeError):
        StnctlError("what came", "what to do")


@pytest.mark.parametrize(
    ("word", "choices", "expected"),
    [
        ("tset", ["train", "test"], ", did you mean test?"),
        ("epoch", {"epochs": 1, "batch_size": 2}, ", did you mean epochs?"),
        ("affin", iter(["affine"]), ", did you mean affine?"),
        ("colour", ["color", "colors"], ", did you mean color?"),
        ("rts", ["none", "R", "RTS"], ", did you mean RTS?"),
        ("r", ["none", "R", "RTS"], ", did you mean R?"),
        ("ADDITON", ["TC", "addition"], ", did you mean addition?"),
        ("Colors", ["color", "cOLORS"], ", did you mean cOLORS?"),
        ("zzz", ["train", "test"], ""),
        ("", ["train"], ""),
        ("train", [], ""),
    ],
)
def test_did_you_mean_preset(word, choices, expected):
    assert did_you_mean(word, choices) == expected


@pytest.mark.parametrize(("word", "expected"), [("tset", "Test"), ("zzz", None)])
def test_nearest_preset(word, expected):
    assert nearest(word, ["train", "Test"]) == expected
