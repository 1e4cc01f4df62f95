"""Folder of a sweep."""

from dataclasses import replace

import pytest

from stnctl.errors import InputError, UsageError
from stnctl.storage.json_files import json_bytes
from stnctl.sweeps.folder import (
    PlannedRun,
    SweepPlan,
    find_sweep,
    list_sweeps,
    read_plan,
    read_problems,
    sweep_folder,
    write_plan,
    write_problems,
)
from tests.sweeps.fake_runs import make_run

RUN = PlannedRun("find-s0", "other", {"base": "cnn", "train.epochs": 1}, 0, "ab")
PLAN = SweepPlan("find", {"base": "cnn"}, (RUN,))


@pytest.fixture
def folder(runs_dir):
    return sweep_folder(runs_dir, "find")


def test_plan_round_trip(folder, runs_dir):
    write_plan(folder, PLAN, {"base": "cnn"})
    assert read_plan(folder) == PLAN
    assert folder.config.read_text(encoding="utf-8") == "base: cnn\n"
    assert list_sweeps(runs_dir) == ["find"]
    assert find_sweep(runs_dir, "find") == folder


def test_problems_round_trip(folder):
    assert read_problems(folder) == {}
    write_plan(folder, PLAN, {})
    write_problems(folder, {"find-s0": "x" * 5000})
    assert read_problems(folder) == {"find-s0": "x" * 2000}


def test_a_missing_sweep(folder, runs_dir):
    write_plan(folder, PLAN, {})
    with pytest.raises(InputError, match=r"no sweep 'fin' in .*, did you mean find\?"):
        find_sweep(runs_dir, "fin")
    with pytest.raises(InputError, match="no sweep"):
        find_sweep(runs_dir, "../sweeps/find")


def test_a_run_with_the_name_of_the_folder(folder, runs_dir, load):
    from stnctl.sweeps.expansion import expand_sweep

    [cell] = expand_sweep(load("base: cnn"))
    make_run(runs_dir / "sweeps", cell.config)
    with pytest.raises(UsageError, match="is a run, expected the folder of sweeps"):
        write_plan(folder, PLAN, {})


@pytest.mark.parametrize(
    "changes",
    [
        {"schema_version": 2},
        {"cells": [{}]},
        {"cells": [{"cell": "a", "run": "../x", "values": {}, "seed": 0, "fingerprint": ""}]},
        {"baseline": 3},
    ],
)
def test_an_invalid_plan(folder, changes):
    write_plan(folder, PLAN, {})
    document = {"schema_version": 1, "name": "find", "baseline": None, "cells": []} | changes
    folder.plan.write_bytes(json_bytes(document))
    with pytest.raises(InputError, match="is not a plan of this version"):
        read_plan(folder)


@pytest.mark.parametrize("name", ["..", "../x", "a/b", "", "."])
def test_a_plan_with_a_path_as_the_name_of_a_run(folder, name):
    write_plan(folder, replace(PLAN, runs=(replace(RUN, run=name),)), {})
    with pytest.raises(InputError, match="is not a plan of this version"):
        read_plan(folder)


def test_problems_of_many_cells(folder):
    """They fit in a file that can be read again, whatever their characters are."""
    write_plan(folder, PLAN, {})
    problems = {f"{'n' * 60}{n}": "\U0001f600\n" * 1000 for n in range(5000)}
    write_problems(folder, problems)
    found = read_problems(folder)
    assert found.keys() == problems.keys()
    assert min(map(len, found.values())) > 100
    assert folder.problems.stat().st_size < 2**25
