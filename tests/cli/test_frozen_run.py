"""A run of version 0.1.0, made before `schema_version`: it opens, and resumes to the same bits."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from stnctl.runs.checkpoint_reader import follow_pointer, iter_meta
from stnctl.runs.directory import RunDirectory
from stnctl.runs.environment import describe_flags
from stnctl.runs.metrics import read_metrics
from stnctl.storage.jsonl import read_rows

FROZEN = Path(__file__).parents[1] / "frozen" / "0.1.0"


@pytest.fixture
def run(stnctl):
    path = stnctl.folder / "runs" / "x"
    shutil.copytree(FROZEN / "run", path)
    return RunDirectory(path)


def test_frozen_run_is_evaluated_and_inspected(run, stnctl):
    evaluated = stnctl("eval", "x", "--json")
    assert evaluated.returncode == 0, evaluated.stderr
    report = json.loads(evaluated.stdout)
    best = json.loads((run.checkpoints / "best.json").read_text(encoding="utf-8"))
    assert (report["epoch"], report["num_examples"]) == (best["epoch"], 359)
    inspected = stnctl("inspect", "x", "--bad", "3")
    assert inspected.returncode == 0, inspected.stderr
    assert (run.inspect / "test-bad-3" / "UV.png").is_file()


def test_frozen_run_resumes_to_the_metrics_of_an_uninterrupted_one(run, stnctl):
    """Exactly on the processor of the frozen run, otherwise up to rounding."""
    recorded = next(iter_meta(run))["environment"]["flags"]
    done = stnctl("train", "--resume", "x", "--quiet")
    assert done.returncode == 0, done.stderr
    expected = read_rows(FROZEN / "whole" / "metrics.jsonl")
    assert [row["step"] for row in read_metrics(run)] == [row["step"] for row in expected]
    with np.load(FROZEN / "whole" / "state.npz") as state:
        arrays = dict(state)
    found = follow_pointer(run, "last").arrays
    assert list(found) == list(arrays)
    same_processor = recorded == describe_flags()
    for name, array in arrays.items():
        if same_processor:
            np.testing.assert_array_equal(found[name], array, err_msg=name)
        else:
            np.testing.assert_allclose(found[name], array, rtol=1e-3, atol=1e-4, err_msg=name)
    if same_processor:
        assert run.metrics.read_bytes() == (FROZEN / "whole" / "metrics.jsonl").read_bytes()
