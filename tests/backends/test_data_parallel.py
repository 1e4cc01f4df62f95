"""One training over two processes of JAX, which exchange gradients by Gloo on this machine."""

import json
import os
import signal
import socket
import time
from contextlib import suppress
from importlib.util import find_spec

import numpy as np
import pytest

from stnctl.runs.directory import RunDirectory
from stnctl.runs.metrics import read_metrics
from stnctl.runs.provenance import read_record
from tests.cli.fork_server import fork_server
from tests.faults.chaos import file_digests, newest

pytestmark = pytest.mark.skipif(
    find_spec("jax") is None or os.environ.get("KERAS_BACKEND") == "torch",
    reason="JAX is missing: make test-backends installs it",
)

CONFIG = """
data: {source: digits, distortion: R, train_size: 50}
model:
  transformer: {localization: {filters: [4]}}
  classifier: {filters: [4], units: 8, dropout: 0.3}
train: {epochs: 2, batch_size: 20, threads: 1, ema: 0.8, checkpoint_every: 2 steps, snapshots: 2}
"""
"""Steps of 20, 20 and 10 images: the last batch is not divided."""

DISTRIBUTE = "train.distribute=data_parallel"
TIMEOUT = 240


class Pair:
    """Two processes of one training, which run the same command."""

    def __init__(self, folder, arguments, more=([], [])):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{free.getsockname()[1]}"
        both = {"JAX_COORDINATOR_ADDRESS": address, "JAX_NUM_PROCESSES": "2"}
        self.commands = [
            fork_server("jax").start(
                ["train", *arguments, *own],
                folder,
                env=os.environ | both | {"JAX_PROCESS_ID": str(index)},
            )
            for index, own in enumerate(more)
        ]

    def end(self):
        """Wait for both; return their exit codes, stdouts and stderrs."""
        outputs = [each.communicate(TIMEOUT) for each in self.commands]
        return [each.returncode for each in self.commands], *zip(*outputs, strict=True)

    def wait_for_step(self, run, step):
        """Wait until the run has a checkpoint of a step, or a later one."""
        for _ in range(TIMEOUT * 20):
            with suppress(OSError):
                if newest(run) >= step:
                    return
            assert self.commands[0].poll() is None, self.commands[0].communicate()
            time.sleep(0.05)
        raise AssertionError(f"no checkpoint of step {step}")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "x.yaml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


def train_alone(folder, name, *arguments, **variables):
    done = fork_server("jax").run(
        ["train", "x.yaml", "--name", name, *arguments], folder, env=os.environ | variables
    )
    assert done.returncode == 0, done.stderr
    return RunDirectory(folder / "runs" / name)


def assert_same_metrics(run, other):
    rows, expected = read_metrics(run), read_metrics(other)
    assert len(rows) == len(expected)
    for row, values in zip(rows, expected, strict=True):
        assert row.keys() == values.keys()
        np.testing.assert_allclose([*row.values()], [*values.values()], rtol=1e-5)


@pytest.mark.skipif(os.environ.get("KERAS_BACKEND") != "jax", reason="make test-backends runs it")
def test_two_processes_train_in_step(folder):
    """The losses are those of one process, and only the first process writes and prints."""
    pair = Pair(folder, ["x.yaml", "--name", "two", "--set", DISTRIBUTE, "--json"])
    alone = train_alone(folder, "one")
    codes, outs, errors = pair.end()
    assert codes == [0, 0], errors
    two = RunDirectory(folder / "runs" / "two")
    assert json.loads(outs[0])["run"] == "runs/two"
    assert outs[1] == ""
    assert_same_metrics(two, alone)
    environment = read_record(two)["environment"]
    assert (environment["processes"], environment["devices"]) == (2, 2)
    assert sorted(path.name for path in (folder / "runs").iterdir()) == [".gitignore", "one", "two"]


@pytest.mark.slow
def test_devices_of_one_process(folder):
    """Two devices of one process need no variables of processes."""
    flags = "--xla_force_host_platform_device_count=2"
    run = train_alone(folder, "local", "--set", DISTRIBUTE, XLA_FLAGS=flags)
    environment = read_record(run)["environment"]
    assert (environment["processes"], environment["devices"]) == (1, 2)
    assert_same_metrics(run, train_alone(folder, "one"))


@pytest.mark.slow
def test_resume_has_the_same_bits(folder):
    """One process is stopped, then each one is killed in turn; each time all of them end."""
    longer = [DISTRIBUTE, "train.epochs=8", "train.checkpoint_every=1 steps"]
    longer += ["model.transformer=null", "data.train_size=40"]  # fast to compile
    settings = [each for setting in longer for each in ("--set", setting)]
    whole, stopped = (RunDirectory(folder / "runs" / name) for name in ("whole", "stopped"))
    pair = Pair(folder, ["x.yaml", "--name", "whole", *settings])
    assert pair.end()[0] == [0, 0]

    pair = Pair(folder, ["x.yaml", "--name", "stopped", *settings])
    pair.wait_for_step(stopped, 2)
    pair.commands[1].send_signal(signal.SIGTERM)
    codes, _, errors = pair.end()
    assert codes == [128 + signal.SIGINT, 128 + signal.SIGTERM], errors
    assert "stopped after step" in errors[0]
    for killed, other in ((0, 1), (1, 0)):
        step = newest(stopped)
        pair = Pair(folder, ["--resume", "stopped"])
        pair.wait_for_step(stopped, step + 2)
        pair.commands[killed].kill()
        codes, _, errors = pair.end()
        assert codes[other] in (4, -signal.SIGABRT), errors
        assert "another process" in errors[other]
    pair = Pair(folder, ["--resume", "stopped"])
    codes, _, errors = pair.end()
    assert codes == [0, 0], errors
    assert "not bit-exact" not in errors[0]
    assert file_digests(stopped) == file_digests(whole)

    pair = Pair(folder, ["--resume", "stopped"])
    codes, outs, errors = pair.end()
    assert codes == [0, 0], errors
    assert outs == ("runs/stopped\n", "")


@pytest.mark.slow
def test_other_number_of_processes_is_not_bit_exact(folder):
    train_alone(folder, "one", "--set", DISTRIBUTE)
    pair = Pair(folder, ["--resume", "one", "--set", "train.epochs=3"])
    codes, _, errors = pair.end()
    assert codes == [0, 0], errors
    assert "not bit-exact: processes 1 -> 2, devices 1 -> 2" in errors[0]


@pytest.mark.slow
def test_error_of_the_first_process_ends_both(folder):
    """The name of the run is taken."""
    (folder / "runs" / "taken").mkdir(parents=True)
    (folder / "runs" / "taken" / "x").touch()
    codes, _, errors = Pair(folder, ["x.yaml", "--name", "taken", "--set", DISTRIBUTE]).end()
    assert codes == [2, 2], errors
    assert all("taken exists already" in each for each in errors)


@pytest.mark.slow
def test_processes_with_different_configs(folder):
    command = ["x.yaml", "--name", "x", "--set", DISTRIBUTE]
    pair = Pair(folder, command, more=([], ["--set", "seed=1"]))
    codes, _, errors = pair.end()
    assert codes[1] == 2, errors
    assert "process 1 has another configuration than process 0" in errors[1]
    assert codes[0] in (4, -signal.SIGABRT), errors
    assert "has lost another process" in errors[0]
