"""Shipped configs: lookup by name, and places in messages."""

import re
from pathlib import Path

import pytest

from stnctl.config.load import load_config, locating_problems
from stnctl.config.shipped import (
    CONFIGS,
    FOLDER,
    SCHEMAS,
    LocatedConfig,
    locate_config,
    read_shipped,
    shipped_names,
)
from stnctl.errors import ConfigError, ConfigProblem, UsageError

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_shipped_names_are_those_of_the_repository():
    assert FOLDER == ROOT
    assert shipped_names() == sorted(path.stem for path in (ROOT / "configs").glob("*.yaml"))
    assert all((FOLDER / schema).is_file() for schema in SCHEMAS)


def test_locate_config_name():
    found = locate_config(Path("stn_rts"))
    assert found == LocatedConfig(FOLDER / CONFIGS / "stn_rts.yaml", is_shipped=True)
    assert load_config(Path("stn_rts")) == load_config(ROOT / "configs" / "stn_rts.yaml")


@pytest.mark.parametrize("name", ["stn.yaml", "configs/stn", "STN", "stm", "", "../stn"])
def test_locate_config_path(name):
    """Only the exact name is a name; all other texts are paths."""
    assert locate_config(Path(name)) == LocatedConfig(Path(name))


def test_locate_config_prefers_a_file(folder):
    (folder / "stn").write_text("seed: 7", encoding="utf-8")
    assert load_config(Path("stn")).seed == 7
    (folder / "cnn").symlink_to("missing")
    with pytest.raises(ConfigError, match="cnn: no such file"):
        load_config(Path("cnn"))


def test_locate_config_ignores_a_folder(folder):
    """A folder of this name, such as a data set, is not a config."""
    (folder / "demo").mkdir()
    assert load_config(Path("demo")).name == "demo"


def test_extends_takes_a_shipped_name(folder):
    (folder / "mine.yaml").write_text("extends: stn_rts\nseed: 5\n", encoding="utf-8")
    config = load_config(Path("mine.yaml"))
    assert config == load_config(Path("stn_rts"), ["seed=5"])
    (folder / "stn_rts").write_text("name: near", encoding="utf-8")
    assert load_config(Path("mine.yaml")).name == "near"


def test_extends_takes_the_own_name(folder):
    """A changed copy may have the name of the shipped config."""
    (folder / "stn.yaml").write_text("extends: stn\nseed: 5\n", encoding="utf-8")
    assert load_config(Path("stn.yaml")) == load_config(Path("stn"), ["seed=5"])


def test_extends_rejects_a_wrong_name(folder):
    (folder / "mine.yaml").write_text("extends: stn_rst\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(Path("mine.yaml"))
    problem = "mine.yaml:1:1: extends: stn_rst: no such file, did you mean stn_rts?"
    assert str(caught.value) == problem


@pytest.mark.parametrize(
    ("key", "file"),
    [
        ("data.distortion", "stn_rts.yaml"),
        ("model.transformer.head", "base_stn.yaml"),
        ("data.source", "base_cnn.yaml"),
    ],
)
def test_place_in_a_shipped_config_names_no_folder(key, file):
    """Neither in a named config, nor in one that it extends."""
    with pytest.raises(ConfigError) as caught, locating_problems(Path("stn_rts")):
        raise ConfigError(ConfigProblem("expected more", path=key))
    place = re.fullmatch(rf"shipped {file}:(\d+):(\d+): {key}: expected more", str(caught.value))
    line, column = map(int, place.groups())
    text = (ROOT / "configs" / file).read_text(encoding="utf-8").splitlines()[line - 1]
    assert text[column - 1 :].startswith(key.rpartition(".")[2])


def test_read_shipped():
    assert read_shipped("stn") == (ROOT / "configs" / "stn.yaml").read_bytes()
    with pytest.raises(UsageError, match="no shipped configuration 'stm', did you mean stn") as e:
        read_shipped("stm")
    assert e.value.hint.startswith("the shipped configurations: base_cnn, ")
    with pytest.raises(UsageError):
        read_shipped("../configs/stn")
