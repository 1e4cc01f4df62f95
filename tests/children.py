"""Fixtures: child processes that run a script, and arrays to store."""

import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def arrays():
    generator = np.random.default_rng(0)
    return {
        "conv/kernel": generator.normal(size=(3, 3, 1, 4)).astype("float32"),
        "adam/iterations": np.array(7, "int64"),
        "dropout/seed_state": np.array([1, 2], "uint32"),
    }


@pytest.fixture
def start_python():
    """Start a child process that runs a script; the arguments are its sys.argv[1:]."""
    children = []

    def start(script, *arguments):
        child = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            cwd=Path(__file__).parents[1],
        )
        children.append(child)
        return child

    yield start
    for child in children:
        child.kill()
        child.communicate()


@pytest.fixture
def run_python(start_python):
    """Run a script to its end and return its output."""

    def run_to_end(script, *arguments):
        child = start_python(script, *arguments)
        output, errors = child.communicate(timeout=60)
        assert child.returncode == 0, errors
        return output

    return run_to_end
