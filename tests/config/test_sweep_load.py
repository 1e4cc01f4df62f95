"""Sweep files, and sweeps of the command line."""

from pathlib import Path

import pytest

from stnctl.config.choices import ENGINES
from stnctl.config.engines import ENGINE_SECTIONS, Local, Ray, Slurm
from stnctl.config.sweep_load import load_sweep
from stnctl.config.sweep_section import MAX_CELLS
from stnctl.errors import ConfigError, UsageError

SWEEP = """\
name: finder
base: [cnn, stn]
seeds: 3
set: {train.epochs: 2}
grid:
  train.learning_rate: [1e-3, 3e-4]
engine: {engine: local, jobs: 3}
"""


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "sweep.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def error(path, **options):
    with pytest.raises(ConfigError) as caught:
        load_sweep([path], **options)
    return str(caught.value).replace(str(path), "FILE")


def test_file(write):
    sweep = load_sweep([write(SWEEP)])
    assert sweep.name == "finder"
    assert sweep.config.bases == ("cnn", "stn")
    assert sweep.config.seed_list == (0, 1, 2)
    assert sweep.config.grid == {"train.learning_rate": (1e-3, 3e-4)}
    assert sweep.config.engine == Local(jobs=3)


def test_name_of_the_file_is_the_default(write):
    assert load_sweep([write("base: cnn")]).name == "sweep"


def test_base_is_relative_to_the_file(write, tmp_path):
    (tmp_path / "mine.yaml").write_text("seed: 1\n", encoding="utf-8")
    sweep = load_sweep([write("base: mine.yaml")])
    assert sweep.locate_base("mine.yaml").path == tmp_path / "mine.yaml"
    assert sweep.locate_base("cnn").is_shipped


def test_configs_of_the_command_line():
    options = {"seeds": ("--seeds 1,5", [1, 5]), "grid": ("--grid", {"seed": [1]})}
    with pytest.raises(ConfigError, match="--grid: "):
        load_sweep([Path("cnn"), Path("stn")], options)
    sweep = load_sweep([Path("cnn"), Path("stn")], {"seeds": ("--seeds 1,5", [1, 5])})
    assert sweep.config.bases == ("cnn", "stn")
    assert sweep.config.seed_list == (1, 5)
    assert sweep.name == "cnn-stn"


def test_name_of_any_file(tmp_path):
    path = tmp_path / "-my sweep!.yaml"
    path.write_text("base: cnn", encoding="utf-8")
    assert load_sweep([path]).name == "my-sweep"


def test_options_add_to_the_file(write):
    options = {
        "set": ("--set", {"data.source": "digits"}),
        "grid": ("--grid", {"train.batch_size": [32]}),
    }
    config = load_sweep([write(SWEEP)], options).config
    assert config.set == {"train.epochs": 2, "data.source": "digits"}
    assert list(config.grid) == ["train.learning_rate", "train.batch_size"]


@pytest.mark.parametrize(
    ("engine", "keys", "expected"),
    [
        (None, {"jobs": 5}, Local(jobs=5)),
        ("local", {"jobs": None}, Local(jobs=3)),
        ("local", {"jobs": 2}, Local(jobs=2)),
        ("ray", {}, Ray()),
        ("ray", {"address": "auto"}, Ray(address="auto")),
        ("slurm", {"partition": "gpu"}, Slurm(partition="gpu")),
    ],
)
def test_engine_options(write, engine, keys, expected):
    sweep = load_sweep([write(SWEEP)], engine=engine, engine_keys=keys)
    assert sweep.config.engine == expected


def test_jobs_of_another_engine(write):
    message = error(write(SWEEP), engine="ray", engine_keys={"jobs": 2})
    assert message == "--jobs 2: unknown key here, jobs belongs to the engine local"


def test_a_sweep_is_named_alone(write):
    with pytest.raises(UsageError, match=r"sweep\.yaml is a sweep, and takes no further files"):
        load_sweep([write(SWEEP), Path("cnn")])


def test_engines_have_sections():
    assert tuple(ENGINE_SECTIONS) == ENGINES


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "base: cnn\nengine: slurm\nlimit: 3h",
            "limit does not reach the jobs of slurm: use its key minutes",
        ),
        ("base: cnn\nseedz: 3", "FILE:2:1: seedz: unknown key, did you mean seeds?"),
        (
            "base: cnn\nseeds: [1, x]",
            "FILE:2:1: seeds: expected a whole number from 1 to 10000, or a list of seeds, each a "
            "whole number from 0 to 4294967295, got [1, 'x']",
        ),
        ("base: cnn\nlimit: 3 hours", "FILE:2:1: limit: expected such as `90m` or `3h`"),
        (
            "base: cnn\ngrid: {seed: [1, 2]}",
            "FILE:2:1: grid: seed is no key to change: use the key seeds of the sweep",
        ),
        (
            "base: cnn\nset: {train.epochs: 1}\ngrid: {train.epochs: [1, 2]}",
            "train.epochs has a value in `set`, and can't have others",
        ),
        (
            "base: cnn\ngrid: {train.epochs: 3}",
            "FILE:2:8: grid.'train.epochs': expected a list of at most 1000 items, got 3",
        ),
        (
            "base: cnn\nrandom: {n: 3, draw: {train.epochs: {int: [5, 2]}}}",
            "expected low < high, got 5 and 2",
        ),
        (
            "base: cnn\nrandom: {n: 3, draw: {train.epochs: {int: [1, 2], choice: [1]}}}",
            "expected exactly one of uniform, loguniform, int and choice, got int and choice",
        ),
        (
            "base: cnn\nrandom: {n: 3, draw: {train.learning_rate: {loguniform: [0, 1]}}}",
            "expected bounds above 0, got 0",
        ),
        (
            "base: cnn\nsearch: {n: 3, draw: {train.epochs: {int: [1, 2]}}}\ngrid: {a: [1]}",
            "search chooses the values itself, and takes no grid",
        ),
        (
            f"base: cnn\nseeds: 3\n"
            f"random: {{n: {MAX_CELLS}, draw: {{train.epochs: {{int: [1, 9]}}}}}}",
            "the sweep has up to 60,000 cells, expected at most 20,000",
        ),
        (
            "base: cnn\nengine: slurm\nsearch: {n: 3, draw: {train.epochs: {int: [1, 2]}}}",
            "search needs results at once: use the engine local or ray",
        ),
        ("base: cnn\nengine: cloud", "FILE:2:1: engine: expected one of local, ray, slurm"),
        ("base: []", "FILE:1:1: base"),
        ("base: cnn\nbase: stn", "FILE:2:1"),
    ],
)
def test_messages(write, text, message):
    assert message in error(write(text))
