"""A run directory from a stranger: nothing in it is executed, nothing outside of it is read.

Each test changes one thing in a copy of a run, and gives the copy to a command that is watched.
"""

import json
import os
import shutil
import subprocess
import sys

import pytest

from stnctl.runs.checkpoint_paths import META, STATE, checkpoint_folder
from stnctl.runs.checkpoint_reader import follow_pointer
from stnctl.runs.directory import RunDirectory
from tests.faults.stranger import (
    SECRET,
    Stranger,
    alias_bomb,
    assert_harmless,
    average_of_another_network,
    extends_outside,
    extra_array,
    extra_group,
    lambda_model,
    link_for_a_config,
    missing_array,
    name_of_a_path,
    not_finite,
    other_dtype,
    other_name,
    other_shapes,
    pickle_for_a_state,
    pickled_array,
    pickled_model,
    pipe_for_a_config,
    python_tag,
    refuse,
    zip_bomb,
)
from tests.faults.watched import Watched

CONFIG = """
data: {source: digits, validation: 0.1}
model:
  transformer: null
  classifier: {filters: [2], units: 4, dropout: 0.2}
train: {epochs: 1, batch_size: 256, threads: 1}
"""
COMMANDS = (
    ("train", "tiny.yaml", "--name", "x"),
    ("train", "--resume", "x"),
    ("eval", "x"),
    ("inspect", "x"),
)
MORE = ("train", "--set", "train.epochs=2", "--resume")
HUGE = 10**30


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    child = Watched(STNCTL_CACHE_DIR=str(tmp_path_factory.mktemp("cache")))
    yield child
    child.close()


@pytest.fixture(scope="module")
def original(watched, tmp_path_factory):
    """A finished run of digits, which has been evaluated: all that Keras loads is loaded."""
    folder = tmp_path_factory.mktemp("original")
    (folder / "tiny.yaml").write_text(CONFIG, encoding="utf-8")
    for arguments in COMMANDS:
        done = watched(folder, *arguments)
        assert done.code == 0, done.stderr
    run = RunDirectory(folder / "runs" / "x")
    shutil.rmtree(run.eval)
    shutil.rmtree(run.inspect)
    return run


@pytest.fixture
def stranger(original, tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "bait").write_text(SECRET, encoding="utf-8")
    path = shutil.copytree(original.path, tmp_path / "runs" / "x")
    return Stranger(tmp_path, RunDirectory(path))


@pytest.fixture
def outside(stranger):
    """What lies outside of the run, to be compared."""

    def look():
        folder = stranger.bait.parent
        return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}

    return look


# the state: whatever its sha256 says


STATES = [
    (pickled_array, "'dtype': 'object'"),
    (pickle_for_a_state, "not an .npz file"),
    (zip_bomb, "a part of it is compressed"),
]
ARRAYS = [
    (other_shapes, "expected"),
    (other_dtype, "float64"),
    (not_finite, "not finite"),
    (missing_array, "parameters"),
    (other_name, "which the model needs"),
    (extra_array, "which the model lacks"),
    (extra_group, "which no training writes"),
    (name_of_a_path, "../../x"),
    (average_of_another_network, "does not tell of averages as train.ema"),
]


@pytest.mark.parametrize(("spoil", "message"), STATES)
def test_state_of_a_stranger(watched, stranger, spoil, message):
    spoil(stranger)
    refuse(watched, stranger, "eval", "x", message=message)


@pytest.mark.parametrize(("change", "message"), ARRAYS)
def test_arrays_of_a_stranger(watched, stranger, change, message):
    stranger.change_arrays(change)
    refuse(watched, stranger, "inspect", "x", message=message)


def test_state_that_claims_two_gibibytes(watched, stranger):
    claimed = {"optimizer/000/iteration": {"shape": [2**29], "dtype": "float32"}}
    arrays = json.loads((stranger.commit / META).read_text())["arrays"] | claimed
    size = 2**31 + 2**20
    os.truncate(stranger.commit / STATE, size)
    stranger.change_json(stranger.commit / META, arrays=arrays, state_bytes=size)
    refuse(watched, stranger, "eval", "x", message=f"{size:,} bytes, more than")
    assert watched.seconds < 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"step": -1}, "must have step"),
        ({"step": "1"}, "no 'step' of type int"),
        ({"step": HUGE}, "must have step"),
        ({"arrays": []}, "no 'arrays' of type dict"),
        ({"arrays": {"model/000/kernel": [3]}}, "must have a shape"),
        ({"arrays": {"model/000/kernel": {"shape": "3", "dtype": "float32"}}}, "must have a shape"),
        ({"arrays": {"model/000/kernel": {"shape": [HUGE], "dtype": "float32"}}}, "meta.json"),
        ({"state_bytes": HUGE}, "state_bytes"),
        ({"position": None}, "how many epochs"),
        ({"position": {}}, "how many epochs"),
        ({"position": {"epoch": "1"}}, "how many epochs"),
        ({"position": {"epoch": True}}, "how many epochs"),
        ({"position": {"epoch": -1}}, "how many epochs"),
        ({"position": {"epoch": HUGE}}, "how many epochs"),
    ],
)
def test_meta_of_a_stranger(watched, stranger, changes, message):
    stranger.change_json(stranger.commit / META, **changes)
    refuse(watched, stranger, "eval", "x", message=message)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"position": {"epoch": 0, "epoch_step": "0"}}, "position.epoch_step is not valid"),
        ({"position": [1]}, "position"),
        ({"position": {"epoch": 1, "best": {"epoch": HUGE}}}, "position.best"),
    ],
)
def test_meta_of_a_stranger_on_resume(watched, stranger, changes, message):
    stranger.change_json(stranger.commit / META, **changes)
    refuse(watched, stranger, "train", "--resume", "x", message=message)


@pytest.mark.parametrize(
    ("step", "message"), [("../../x", "'step' of type"), (HUGE, "must name a step")]
)
def test_best_of_a_stranger(watched, stranger, step, message):
    stranger.change_json(stranger.run.checkpoints / "best.json", step=step)
    refuse(watched, stranger, "eval", "x", message=message)


@pytest.mark.parametrize(
    "numbers", [{"loss": None}, {"accuracy": "0.5"}, {"accuracy": 10**400}, {"epoch": -1}]
)
def test_best_of_a_stranger_on_resume(watched, stranger, numbers):
    """The run is finished, so that its best epoch is all that is told."""
    stranger.change_json(stranger.run.checkpoints / "best.json", **numbers)
    refuse(watched, stranger, "train", "--resume", "x", message="the best epoch.")


@pytest.mark.parametrize("config", ["[1", "sed: 1", "extends: outside/bait", "seed: !!x 1"])
def test_meta_of_a_stranger_tells_of_another_configuration(watched, stranger, config):
    stranger.change_json(stranger.commit / META, config=config)
    refuse(watched, stranger, "train", "--resume", "x", message="the last commit of runs/x is not")


def test_state_of_a_stranger_is_not_read_on_resume_before_its_claims(watched, stranger):
    size = 2**31 + 2**20
    os.truncate(stranger.commit / STATE, size)
    stranger.change_json(stranger.commit / META, state_bytes=size)
    refuse(watched, stranger, "train", "--resume", "x", message=f"{size:,} bytes, more than")
    assert watched.seconds < 2


# config.yaml


@pytest.mark.parametrize("command", ["eval", "train --resume"])
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (python_tag, "config.yaml"),
        (extends_outside, "extends"),
        (alias_bomb, "config.yaml"),
        (pipe_for_a_config, ""),
        (link_for_a_config, "link"),
    ],
)
def test_config_of_a_stranger(watched, stranger, spoil, message, command):
    spoil(stranger)
    refuse(watched, stranger, *command.split(), "runs/x", message=message)


def test_config_of_a_giant_network(watched, stranger):
    stranger.change_config("filters: [2]", "filters: [512]")
    stranger.change_config("units: 4", "units: 4096")
    refuse(watched, stranger, "eval", "x", message="parameters")
    assert watched.seconds < 2


def test_config_of_a_giant_network_with_limits_of_its_own(watched, stranger):
    stranger.change_config("filters: [2]", "filters: [512]")
    stranger.change_config("units: 4", "units: 4096")
    stranger.change_config("max_parameters: 50000000", f"max_parameters: {2**50}")
    refuse(watched, stranger, "eval", "x", message="parameters")
    assert watched.seconds < 2


def test_config_of_a_giant_network_is_refused_before_keras_loads(stranger):
    stranger.change_config("units: 4", "units: 4096")
    code = f"""
import sys
from stnctl.cli.app import main

sys.argv = ["stnctl", "eval", {str(stranger.run.path)!r}]
try:
    main()
except SystemExit as leave:
    assert leave.code == 3
assert not {{"keras", "tensorflow"}} & set(sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "parameters" in done.stderr


@pytest.mark.parametrize("command", ["eval", "train --resume"])
def test_config_of_a_network_that_does_not_fit(watched, stranger, command):
    stranger.change_config("filters: [2]", "filters: [2, 2, 2, 2, 2]")
    stranger.change_json(stranger.commit / META, config=None)
    refuse(watched, stranger, *command.split(), "x", message="config.yaml")


# run.json


@pytest.mark.parametrize(
    "source",
    [
        "outside/bait",
        "../..",
        "/dev/zero",
        "/dev/stdin",
        "pipe",
        "~/.ssh",
        "MNIST",
        "x" * 500_000,
    ],
)
def test_data_of_a_stranger(watched, stranger, source):
    os.mkfifo(stranger.folder / "pipe")
    data = {"source": source, "sha256": "0" * 64, "mark": "0" * 64}
    stranger.change_json(stranger.run.run, data=data)
    done = refuse(watched, stranger, "eval", "x", message="this is not a run made here")
    assert "--data" in done.stderr
    refuse(watched, stranger, "train", "--resume", "x", message="this is not a run made here")


def test_data_of_a_stranger_that_the_user_names(watched, stranger):
    data = {"source": "outside/bait", "sha256": "0" * 64}
    stranger.change_json(stranger.run.run, data=data)
    message = "digits is not the data that x was trained on"
    refuse(watched, stranger, "eval", "x", "--data", "digits", message=message)


def deep(stranger):
    stranger.run.run.write_text('{"a":' * 10_000 + "1" + "}" * 10_000)


def large(stranger):
    os.truncate(stranger.run.run, 100_000_000)


def link_for_a_record(stranger):
    stranger.lead_out(stranger.run.run)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [(deep, "run.json"), (large, "bytes, more than"), (link_for_a_record, "link")],
)
def test_record_of_a_stranger(watched, stranger, spoil, message):
    spoil(stranger)
    refuse(watched, stranger, "eval", "runs/x", message=message)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"data": None}, "must have 'data'"),
        ({"data": {"source": ["digits"], "sha256": "0"}}, "must have 'data'"),
        ({"data": {"source": "digits", "sha256": 0}}, "must have 'data'"),
        ({"data": {"source": "digits", "sha256": "0" * 64}}, "is not the data"),
        ({"data": {"source": "\x1b[2J\x1b]0;x\x07", "sha256": "0" * 64}}, "run.json"),
        ({"data": {"source": "\ud800\0", "sha256": "0" * 64}}, "run.json"),
        ({"environment": []}, "must have an 'environment'"),
        ({"started": HUGE}, "started"),
    ],
)
def test_record_of_a_stranger_with_other_types(watched, stranger, changes, message):
    stranger.change_json(stranger.run.run, **changes)
    refuse(watched, stranger, "eval", "x", message=message)


@pytest.mark.parametrize("backend", ["\x1b[2J", ["\x1b[2J"], "x" * 100_000])
def test_backend_of_a_stranger_is_no_command_to_a_terminal(watched, stranger, backend):
    stranger.change_json(stranger.run.run, environment={"backend": backend})
    done = watched(stranger.folder, "eval", "x")
    assert done.code in (0, 3)
    assert "\x1b" not in done.stderr
    assert len(done.stderr) < 1000
    assert_harmless(stranger, done)


# other files


@pytest.mark.parametrize("name", ["eval", "inspect", "checkpoints", "metrics.jsonl", "train.log"])
def test_link_that_leads_out_of_the_run(watched, stranger, outside, name):
    path = stranger.run.path / name
    if name in ("eval", "inspect"):
        path.mkdir()
    stranger.lead_out(path)
    before = outside()
    for arguments in (["eval"], ["inspect"], ["train", "--set", "train.epochs=2", "--resume"]):
        refuse(watched, stranger, *arguments, "x", message="link")
    assert outside() == before


def test_link_for_a_state(watched, stranger):
    stranger.lead_out(stranger.commit / STATE)
    refuse(watched, stranger, "eval", "x", message="link")


@pytest.mark.parametrize("name", ["train.log", "metrics.jsonl", "eval", "checkpoints/best.json"])
def test_pipe_in_a_run_of_a_stranger(watched, stranger, name):
    path = stranger.run.path / name
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    refuse(watched, stranger, "train", "--resume", "x", message=name)
    if name != "metrics.jsonl":
        refuse(watched, stranger, "eval", "x", message=name)


def test_metrics_of_a_stranger_without_end(watched, stranger):
    stranger.run.metrics.write_bytes(b'{"step": 1}\n' * 300_000)
    refuse(watched, stranger, *MORE, "x", message="300,000 lines, more than")
    assert watched.seconds < 2


@pytest.mark.parametrize("row", ["[1]", '{"epoch": "1"}', '{"epoch": 1e999}', "\x1b[2J"])
def test_metrics_of_a_stranger(watched, stranger, row):
    stranger.run.metrics.write_text(f"{row}\n" * 3)
    refuse(watched, stranger, *MORE, "x", message="metrics.jsonl")


@pytest.mark.parametrize("make", [lambda_model, pickled_model])
def test_model_of_a_stranger_is_never_opened(watched, stranger, make):
    make(stranger.run.model, stranger)
    for command in ("eval", "inspect"):
        done = watched(stranger.folder, command, "x")
        assert done.code == 0, done.stderr
        assert_harmless(stranger, done)
        assert [path for path in done.of("open") if ".keras" in path] == []


@pytest.mark.parametrize("name", ["model.keras", "model.h5", "model.weights.h5"])
@pytest.mark.parametrize("command", ["eval", "inspect"])
def test_model_for_a_run(watched, stranger, command, name):
    lambda_model(stranger.run.path / name, stranger)
    done = refuse(watched, stranger, command, f"runs/x/{name}", message="never loaded as a model")
    assert [path for path in done.of("open") if name in path] == []


@pytest.mark.parametrize("command", ["eval", "inspect", "train --set train.epochs=2 --resume"])
def test_run_of_a_stranger_reads_nothing_outside(watched, stranger, outside, command):
    """All is well with it. What is opened is its own, the program's, or the machine's."""
    before = outside()
    git_that_runs_programs(stranger.folder)
    done = watched(stranger.folder, *command.split(), "x", "--json")
    assert done.code == 0, done.stderr
    assert_harmless(stranger, done)
    mine = [path for path in done.of("open") if str(stranger.folder) in path or "runs/x" in path]
    assert mine
    assert [path for path in mine if "runs/x" not in path] == []
    assert outside() == before


def git_that_runs_programs(folder):
    """Make a work tree whose own settings let `git status` run a program."""
    if shutil.which("git") is None:
        return
    (folder / ".gitattributes").write_text("* filter=evil\n")
    for line in ("init -q", f"config filter.evil.clean 'touch {folder / 'executed'}; cat'"):
        subprocess.run(f"git {line}", shell=True, cwd=folder, check=True)


def test_step_folder_is_where_the_tests_look(stranger):
    """The helpers of this file damage what the commands read."""
    step = follow_pointer(stranger.run, "best").step
    assert checkpoint_folder(stranger.run, step) == stranger.commit
