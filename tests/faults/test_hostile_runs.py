"""Run directories from someone else: no command executes their content or reads outside of them.

Each test changes one thing in a copy of a run, and runs a command on it in an audited child.
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
from tests.faults.audited_child import AuditedChild
from tests.faults.untrusted_run import (
    SECRET,
    UntrustedRun,
    alias_bomb,
    assert_harmless,
    assert_rejected,
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
    overflowing,
    pickle_for_a_state,
    pickled_array,
    pickled_model,
    pipe_for_a_config,
    python_tag,
    zip_bomb,
)

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
    ("explore", "x", "--no-open"),
)
MORE = ("train", "--set", "train.epochs=2", "--resume")
HUGE = 10**30


@pytest.fixture(scope="module")
def audited_child(tmp_path_factory):
    child = AuditedChild(STNCTL_CACHE_DIR=str(tmp_path_factory.mktemp("cache")))
    yield child
    child.close()


@pytest.fixture(scope="module")
def original(audited_child, tmp_path_factory):
    """A finished run on the digits; its commands have run, so Keras has loaded all its files."""
    folder = tmp_path_factory.mktemp("original")
    (folder / "tiny.yaml").write_text(CONFIG, encoding="utf-8")
    for arguments in COMMANDS:
        done = audited_child(folder, *arguments)
        assert done.code == 0, done.stderr
    run = RunDirectory(folder / "runs" / "x")
    shutil.rmtree(run.eval)
    shutil.rmtree(run.inspect)
    run.explorer.unlink()
    return run


@pytest.fixture
def untrusted(original, tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "bait").write_text(SECRET, encoding="utf-8")
    path = shutil.copytree(original.path, tmp_path / "runs" / "x")
    return UntrustedRun(tmp_path, RunDirectory(path))


@pytest.fixture
def outside(untrusted):
    """A function that returns the files outside of the run with their content."""

    def read():
        folder = untrusted.bait.parent
        return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}

    return read


# the state, with a correct sha256


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
    (extra_group, "declares an array 'other/000/kernel', expected names that begin with"),
    (name_of_a_path, "../../x"),
    (average_of_another_network, "disagree: averaged weights are present, but train.ema is null"),
]


@pytest.mark.parametrize(("spoil", "message"), STATES)
def test_state_of_an_untrusted_run(audited_child, untrusted, spoil, message):
    spoil(untrusted)
    assert_rejected(audited_child, untrusted, "eval", "x", message=message)


@pytest.mark.parametrize(("change", "message"), ARRAYS)
def test_arrays_of_an_untrusted_run(audited_child, untrusted, change, message):
    untrusted.change_arrays(change)
    assert_rejected(audited_child, untrusted, "inspect", "x", message=message)


def test_weights_of_an_untrusted_run_that_overflow(audited_child, untrusted):
    """They are finite, but the logits are not: no command writes a report or a figure."""
    data = json.loads(untrusted.run.run.read_bytes())["data"]
    untrusted.change_json(untrusted.run.run, data=data | {"mark": None})
    untrusted.change_arrays(overflowing)
    explore = ["explore", "--no-open"]
    for command in (["eval"], ["inspect"], ["eval", "--sweep", "rotation=0"], explore):
        message = "expected finite logits, got infinity or NaN for 359 of 359 images"
        assert_rejected(audited_child, untrusted, *command, "x", message=message)
    assert not untrusted.run.eval.exists()
    assert not untrusted.run.inspect.exists()
    assert not untrusted.run.explorer.exists()


def test_state_of_two_gibibytes(audited_child, untrusted):
    huge = {"optimizer/000/iteration": {"shape": [2**29], "dtype": "float32"}}
    arrays = json.loads((untrusted.checkpoint / META).read_text())["arrays"] | huge
    size = 2**31 + 2**20
    os.truncate(untrusted.checkpoint / STATE, size)
    untrusted.change_json(untrusted.checkpoint / META, arrays=arrays, state_bytes=size)
    done = assert_rejected(
        audited_child, untrusted, "eval", "x", message=f"declares {size:,} bytes"
    )
    assert not [path for path in done.of("open") if STATE in path]


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
        ({"position": None}, "no valid number of finished epochs"),
        ({"position": {}}, "no valid number of finished epochs"),
        ({"position": {"epoch": "1"}}, "no valid number of finished epochs"),
        ({"position": {"epoch": True}}, "no valid number of finished epochs"),
        ({"position": {"epoch": -1}}, "no valid number of finished epochs"),
        ({"position": {"epoch": HUGE}}, "no valid number of finished epochs"),
    ],
)
def test_meta_of_an_untrusted_run(audited_child, untrusted, changes, message):
    untrusted.change_json(untrusted.checkpoint / META, **changes)
    assert_rejected(audited_child, untrusted, "eval", "x", message=message)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"position": {"epoch": 0, "epoch_step": "0"}}, "position.epoch_step is not valid"),
        ({"position": [1]}, "position"),
        ({"position": {"epoch": 1, "best": {"epoch": HUGE}}}, "position.best"),
    ],
)
def test_meta_of_an_untrusted_run_on_resume(audited_child, untrusted, changes, message):
    untrusted.change_json(untrusted.checkpoint / META, **changes)
    assert_rejected(audited_child, untrusted, "train", "--resume", "x", message=message)


@pytest.mark.parametrize(
    ("step", "message"), [("../../x", "'step' of type"), (HUGE, "must have a step")]
)
def test_best_of_an_untrusted_run(audited_child, untrusted, step, message):
    untrusted.change_json(untrusted.run.checkpoints / "best.json", step=step)
    assert_rejected(audited_child, untrusted, "eval", "x", message=message)


@pytest.mark.parametrize(
    "numbers", [{"loss": None}, {"accuracy": "0.5"}, {"accuracy": 10**400}, {"epoch": -1}]
)
def test_best_of_an_untrusted_run_on_resume(audited_child, untrusted, numbers):
    """The run is finished, so the command would only report its best epoch."""
    untrusted.change_json(untrusted.run.checkpoints / "best.json", **numbers)
    assert_rejected(audited_child, untrusted, "train", "--resume", "x", message="the best epoch.")


@pytest.mark.parametrize("config", ["[1", "sed: 1", "extends: outside/bait", "seed: !!x 1"])
def test_meta_of_an_untrusted_run_with_another_config(audited_child, untrusted, config):
    untrusted.change_json(untrusted.checkpoint / META, config=config)
    for command in (["eval"], ["train", "--resume"]):
        assert_rejected(audited_child, untrusted, *command, "x", message="is not valid: its config")


def test_state_of_an_untrusted_run_is_not_read_before_its_meta(audited_child, untrusted):
    size = 2**31 + 2**20
    os.truncate(untrusted.checkpoint / STATE, size)
    untrusted.change_json(untrusted.checkpoint / META, state_bytes=size)
    done = assert_rejected(
        audited_child, untrusted, "train", "--resume", "x", message=f"declares {size:,} bytes"
    )
    assert not [path for path in done.of("open") if STATE in path]


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
def test_config_of_an_untrusted_run(audited_child, untrusted, spoil, message, command):
    spoil(untrusted)
    assert_rejected(audited_child, untrusted, *command.split(), "runs/x", message=message)


def test_config_of_a_giant_network(audited_child, untrusted):
    untrusted.change_json(untrusted.checkpoint / META, config=None)
    untrusted.change_config("filters: [2]", "filters: [512]")
    untrusted.change_config("units: 4", "units: 4096")
    done = assert_rejected(audited_child, untrusted, "eval", "x", message="parameters")
    assert not [path for path in done.of("open") if STATE in path]


def test_config_of_a_giant_network_with_its_own_limits(audited_child, untrusted):
    untrusted.change_json(untrusted.checkpoint / META, config=None)
    untrusted.change_config("filters: [2]", "filters: [512]")
    untrusted.change_config("units: 4", "units: 4096")
    untrusted.change_config("max_parameters: 50000000", f"max_parameters: {2**50}")
    done = assert_rejected(audited_child, untrusted, "eval", "x", message="parameters")
    assert not [path for path in done.of("open") if STATE in path]


def test_config_of_a_giant_network_is_refused_before_keras_loads(untrusted):
    untrusted.change_json(untrusted.checkpoint / META, config=None)
    untrusted.change_config("units: 4", "units: 4096")
    code = f"""
import sys
from stnctl.__main__ import main

sys.argv = ["stnctl", "eval", {str(untrusted.run.path)!r}]
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
def test_config_of_a_network_that_does_not_fit(audited_child, untrusted, command):
    untrusted.change_config("filters: [2]", "filters: [2, 2, 2, 2, 2]")
    untrusted.change_json(untrusted.checkpoint / META, config=None)
    assert_rejected(audited_child, untrusted, *command.split(), "x", message="config.yaml")


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
def test_data_of_an_untrusted_run(audited_child, untrusted, source):
    os.mkfifo(untrusted.folder / "pipe")
    data = {"source": source, "sha256": "0" * 64, "mark": "0" * 64}
    untrusted.change_json(untrusted.run.run, data=data)
    done = assert_rejected(
        audited_child, untrusted, "eval", "x", message="the run was not made by this user"
    )
    assert "--data" in done.stderr
    assert_rejected(
        audited_child,
        untrusted,
        "train",
        "--resume",
        "x",
        message="the run was not made by this user",
    )


def test_data_of_an_untrusted_run_that_the_user_names(audited_child, untrusted):
    data = {"source": "outside/bait", "sha256": "0" * 64}
    untrusted.change_json(untrusted.run.run, data=data)
    message = "digits is not the data that x was trained on"
    assert_rejected(audited_child, untrusted, "eval", "x", "--data", "digits", message=message)


def deep(untrusted):
    untrusted.run.run.write_text('{"a":' * 10_000 + "1" + "}" * 10_000)


def large(untrusted):
    os.truncate(untrusted.run.run, 100_000_000)


def link_for_a_record(untrusted):
    untrusted.link_out(untrusted.run.run)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [(deep, "run.json"), (large, "bytes, expected at most"), (link_for_a_record, "link")],
)
def test_record_of_an_untrusted_run(audited_child, untrusted, spoil, message):
    spoil(untrusted)
    assert_rejected(audited_child, untrusted, "eval", "runs/x", message=message)


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
def test_record_of_an_untrusted_run_with_other_types(audited_child, untrusted, changes, message):
    untrusted.change_json(untrusted.run.run, **changes)
    assert_rejected(audited_child, untrusted, "eval", "x", message=message)


@pytest.mark.parametrize("backend", ["\x1b[2J", ["\x1b[2J"], "x" * 100_000])
def test_backend_of_an_untrusted_run_sends_no_terminal_codes(audited_child, untrusted, backend):
    untrusted.change_json(untrusted.run.run, environment={"backend": backend})
    done = audited_child(untrusted.folder, "eval", "x")
    assert done.code in (0, 3)
    assert "\x1b" not in done.stderr
    assert len(done.stderr) < 1000
    assert_harmless(untrusted, done)


# other files


@pytest.mark.parametrize("name", ["eval", "inspect", "checkpoints", "metrics.jsonl", "train.log"])
def test_link_out_of_an_untrusted_run(audited_child, untrusted, outside, name):
    path = untrusted.run.path / name
    if name in ("eval", "inspect"):
        path.mkdir()
    untrusted.link_out(path)
    before = outside()
    resume = ["train", "--set", "train.epochs=2", "--resume"]
    for arguments in (["eval"], ["inspect"], ["compare"], resume):
        assert_rejected(audited_child, untrusted, *arguments, "x", message="link")
    assert outside() == before


def test_link_for_a_state(audited_child, untrusted):
    untrusted.link_out(untrusted.checkpoint / STATE)
    assert_rejected(audited_child, untrusted, "eval", "x", message="link")


@pytest.mark.parametrize("name", ["history.png", "metrics.jsonl", "eval", "checkpoints/best.json"])
def test_pipe_in_an_untrusted_run(audited_child, untrusted, name):
    path = untrusted.run.path / name
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    assert_rejected(audited_child, untrusted, "train", "--resume", "x", message=name)
    if name != "metrics.jsonl":
        assert_rejected(audited_child, untrusted, "eval", "x", message=name)
    if "/" not in name:
        assert_rejected(audited_child, untrusted, "compare", "x", message=name)


def test_compare_opens_nothing_outside_of_an_untrusted_run(audited_child, untrusted):
    """It reads plain files, loads no weights, and starts no program."""
    untrusted.change_json(untrusted.run.run, data={"source": str(untrusted.bait), "sha256": "0"})
    done = audited_child(untrusted.folder, "compare", "x")
    assert done.code == 0, done.stderr
    assert_harmless(untrusted, done)
    assert [path for path in done.of("open") if path.endswith((".npz", ".keras"))] == [
        str(untrusted.run.snapshots)
    ] * untrusted.run.snapshots.exists()


def test_metrics_of_an_untrusted_run_are_limited(audited_child, untrusted):
    untrusted.run.metrics.write_bytes(b'{"step": 1}\n' * 300_000)
    assert_rejected(audited_child, untrusted, *MORE, "x", message="300,000 lines, expected at most")


@pytest.mark.parametrize("row", ["[1]", '{"epoch": "1"}', '{"epoch": 1e999}', "\x1b[2J"])
def test_metrics_of_an_untrusted_run(audited_child, untrusted, row):
    untrusted.run.metrics.write_text(f"{row}\n" * 3)
    assert_rejected(audited_child, untrusted, *MORE, "x", message="metrics.jsonl")


@pytest.mark.parametrize("make", [lambda_model, pickled_model])
def test_model_of_an_untrusted_run_is_never_opened(audited_child, untrusted, make):
    make(untrusted.run.model, untrusted)
    for command in (["eval"], ["inspect"], ["explore", "--no-open"]):
        done = audited_child(untrusted.folder, *command, "x")
        assert done.code == 0, done.stderr
        assert_harmless(untrusted, done)
        assert [path for path in done.of("open") if ".keras" in path] == []


@pytest.mark.parametrize("name", ["model.keras", "model.h5", "model.weights.h5"])
@pytest.mark.parametrize("command", ["eval", "inspect"])
def test_model_for_a_run(audited_child, untrusted, command, name):
    lambda_model(untrusted.run.path / name, untrusted)
    done = assert_rejected(
        audited_child, untrusted, command, f"runs/x/{name}", message="never loaded as a model"
    )
    assert [path for path in done.of("open") if name in path] == []


@pytest.mark.parametrize(
    "command",
    ["eval", "inspect", "explore --no-open", "train --set train.epochs=2 --resume"],
)
def test_untrusted_run_reads_nothing_outside(audited_child, untrusted, outside, command):
    """Nothing in it is changed. It opens only its own files and those of the program and system."""
    before = outside()
    git_that_runs_programs(untrusted.folder)
    done = audited_child(untrusted.folder, *command.split(), "x", "--json")
    assert done.code == 0, done.stderr
    assert_harmless(untrusted, done)
    mine = [path for path in done.of("open") if str(untrusted.folder) in path or "runs/x" in path]
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


def test_step_folder_is_where_the_tests_look(untrusted):
    """The helpers of these tests damage the files that the commands read."""
    step = follow_pointer(untrusted.run, "best").step
    assert checkpoint_folder(untrusted.run, step) == untrusted.checkpoint
