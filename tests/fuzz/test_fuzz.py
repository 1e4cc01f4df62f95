from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stnctl.config.dump import dump_config
from stnctl.config.load import parse_config
from stnctl.errors import ConfigError, InputError
from tests.config.strategies import TRICKY_TEXTS, configs
from tests.fuzz import watch as watching
from tests.fuzz.__main__ import row, updated_rows
from tests.fuzz.attempt import Attempt
from tests.fuzz.grammar import KEYS
from tests.fuzz.targets import TARGETS
from tests.fuzz.watch import Outcome, feed, remake, watch

SAMPLES = {"texts": 60}
"""Target -> number of inputs, if they take long."""


@pytest.mark.parametrize("name", TARGETS)
def test_readers_reject_or_accept(name, tmp_path):
    outcome = feed(name, SAMPLES.get(name, 300), tmp_path)
    assert outcome.failures == []
    assert outcome.accepted
    assert len(outcome.kinds) > 3 or name == "texts"  # a figure shows any text


@pytest.mark.parametrize("name", TARGETS)
def test_inputs_repeat(name, tmp_path):
    first, second = (
        [remake(name, k, tmp_path / each).files for k in range(0, 100, 25)] for each in "ab"
    )
    assert first == second


@settings(max_examples=60, deadline=None)
@given(configs, st.sampled_from(KEYS), st.sampled_from(TRICKY_TEXTS) | st.text(max_size=30))
def test_overrides_never_crash(config, key, value):
    with suppress(ConfigError):
        parse_config(dump_config(config), where="text", overrides=[f"{key}={value}"])


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_any_text_never_crashes(text):
    with suppress(ConfigError):
        parse_config(text, where="text")


def _raise(error):
    raise error


def _loop():
    while True:
        pass


@pytest.fixture
def fake(monkeypatch):
    """A function that replaces the readers of a target."""

    def replace(read):
        monkeypatch.setitem(TARGETS, "theta", lambda _: lambda _: Attempt({"x": b"y"}, (read,)))

    return replace


def test_feed_reports_other_errors(fake, tmp_path):
    fake(lambda: _raise(KeyError("z")))
    outcome = feed("theta", 1, tmp_path)
    assert [k for k, _ in outcome.failures] == [0]
    assert outcome.failures[0][1].startswith("KeyError: 'z' (test_fuzz.py:")
    assert (tmp_path / "theta-0" / "x").read_bytes() == b"y"


def test_feed_counts_rejected_inputs(fake, tmp_path):
    fake(lambda: _raise(InputError("x.npz has 3 bytes, expected 4")))
    outcome = feed("theta", 2, tmp_path)
    assert (outcome.rejected, outcome.accepted, outcome.failures) == (2, 0, [])
    assert outcome.kinds == {"InputError: _ has 0 bytes, expected 0": 2}


def test_feed_ends_hangs(fake, tmp_path, monkeypatch):
    monkeypatch.setattr(watching, "SECONDS", 0.1)
    fake(_loop)
    assert "HangError" in feed("theta", 1, tmp_path).failures[0][1]


def test_feed_limits_memory(fake, tmp_path, monkeypatch):
    peaks = iter([0, 700, 800])
    monkeypatch.setattr(watching, "_peak", lambda: next(peaks))
    monkeypatch.setattr(watching, "MEGABYTES", 500)
    fake(lambda: None)
    assert feed("theta", 2, tmp_path).failures == [(0, "the process grew by 700 MB")]


def test_remake_saves_the_input(fake, tmp_path):
    fake(lambda: None)
    remake("theta", 7, tmp_path)
    assert (tmp_path / "theta-7" / "x").read_bytes() == b"y"


def test_watch_feeds_in_a_child(tmp_path):
    outcome = watch("theta", 5, tmp_path)
    assert outcome.inputs == 5
    assert row(outcome).startswith("| theta | 5 |")


def test_updated_rows_keeps_the_rows_of_other_targets():
    page = "x\n| target | inputs |\n|---|---|\n| theta | 3 |\n| config | 1 |\n| old | 2 |\n"
    found = updated_rows(page, [Outcome("theta", 5), Outcome("images", 7)])
    assert found == ["| config | 1 |", row(Outcome("images", 7)), row(Outcome("theta", 5))]
