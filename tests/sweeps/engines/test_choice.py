"""Choice of an engine: packages that are not installed."""

import importlib.util
import tomllib

import pytest

from stnctl.config.engines import ENGINE_SECTIONS
from stnctl.errors import UsageError
from stnctl.sweeps.engines.choice import PACKAGES, make_engine
from tests.imports import ROOT


@pytest.mark.parametrize("engine", PACKAGES)
def test_make_engine_without_its_package(engine, monkeypatch):
    """The message has the command that installs it."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match=f"the engine {engine} needs .*not installed") as error:
        make_engine(ENGINE_SECTIONS[engine](), threads=1)
    assert error.value.hint == f'install it: pip install "{PACKAGES[engine]}"'


def test_packages_are_those_of_the_extras():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for engine, package in PACKAGES.items():
        assert extras["optional-dependencies"][engine] == [package]
