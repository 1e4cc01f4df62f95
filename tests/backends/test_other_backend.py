"""Runs that change their backend: evaluated and inspected as usual, and resumed with a warning."""

import json
import math

import pytest

from tests.cli.fork_server import fork_server
from tests.data.synthetic import write_npz
from tests.tiny import CONFIG


@pytest.fixture
def run_on(tmp_path):
    """Run a command in the folder of the test, on a backend."""
    write_npz(tmp_path / "tiny.npz", train=60, test=20, side=12)
    (tmp_path / "x.yaml").write_text(f"data: {{source: tiny.npz}}\n{CONFIG}", encoding="utf-8")

    def run(backend, *arguments):
        done = fork_server(backend).run(arguments, tmp_path)
        assert done.returncode == 0, done.stderr
        return done

    return run


@pytest.mark.parametrize("first", [True, False], ids=["from-tensorflow", "to-tensorflow"])
def test_run_changes_its_backend(run_on, keras_backend, first):
    """The network has dropout; its seeds have another dtype on each backend."""
    if keras_backend == "tensorflow":
        pytest.skip("the other backend is missing: make test-backends installs it")
    before, after = ("tensorflow", keras_backend)[:: 1 if first else -1]
    run_on(before, "train", "x.yaml", "--name", "x", "--quiet")
    losses = [
        json.loads(run_on(backend, "eval", "x", "--json").stdout)["loss"]
        for backend in (before, after)
    ]
    assert math.isclose(*losses, rel_tol=1e-4), losses
    run_on(after, "inspect", "x", "--bad", "2")
    resumed = run_on(after, "train", "--resume", "x", "--set", "train.epochs=3", "--quiet")
    assert f"not bit-exact: backend {before} -> {after}" in resumed.stderr


def test_jax_sums(keras_backend, run_python):
    """The version of JAX in constraints.txt has no wrong sums."""
    if keras_backend != "jax":
        pytest.skip("a test of JAX")
    run_python("from tests.backends.jax_sums import main; main()")
