import inspect
from dataclasses import replace

import pytest

from stnctl import errors
from stnctl.cli.signals import STOP_SIGNALS
from stnctl.errors import (
    ConfigError,
    ConfigProblem,
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


def test_exit_codes_are_all_explained():
    explained = {int(code) for codes in errors.EXIT_CODES for code in codes.split(", ")}
    stopped = {128 + number for number in STOP_SIGNALS}
    assert explained == {0, *EXIT_CODES.values(), *stopped}


FULL = ConfigProblem("expected A", got="B", suggestion="did you mean C?", path="a.b", origin="x:1")


@pytest.mark.parametrize(
    ("problem", "line"),
    [
        (ConfigProblem("unknown key"), "unknown key"),
        (ConfigProblem("expected A", got="B"), "expected A, got B"),
        (ConfigProblem("expected A", path="a.b"), "a.b: expected A"),
        (ConfigProblem("expected A", origin="x:1"), "x:1: expected A"),
        (FULL, "x:1: a.b: expected A, got B, did you mean C?"),
        (replace(FULL, is_path_in_origin=True), "x:1: expected A, got B, did you mean C?"),
    ],
)
def test_config_problem_is_a_line(problem, line):
    assert str(problem) == line
    assert problem.sentence in line


def test_config_error_has_a_line_for_each_problem():
    error = ConfigError(FULL, "what came", hint="what to do")
    assert error.problems == (FULL, ConfigProblem("what came"))
    assert str(error) == f"{FULL}\nwhat came"
    assert error.hint == "what to do"


def test_hint_is_named():
    with pytest.raises(TypeError):
        StnctlError("what came", "what to do")  # type: ignore[call-arg]


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
        ("dmeo", ["cnn", "demo"], ", did you mean demo?"),
        ("rotate", ["rotation", "scale"], ", did you mean rotation?"),
        ("rot", ["scale", "rotate", "rotation"], ", did you mean rotate?"),
        ("st", ["stretch"], ""),
        ("iterations", ["interpolation"], ""),
        ("x", ["R", "T"], ""),
        ("mnist", ["digits"], ""),
        ("shift", ["scale", "shear"], ""),
        ("best", ["last"], ""),
        ("x" * 5000, ["train"], ""),
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
