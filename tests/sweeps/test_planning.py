"""Runs of cells: found by their configuration, whatever their name is."""

import pytest

from stnctl.config.load import parse_config
from stnctl.sweeps.expansion import expand_sweep
from stnctl.sweeps.planning import find_cell_runs, plan_runs
from tests.sweeps.fake_runs import make_run

SWEEP = "base: cnn\nseeds: 2\ngrid: {train.epochs: [1, 2]}"


@pytest.fixture
def cells(load):
    return expand_sweep(load(SWEEP))


def plan(cells, runs_dir):
    return [run.run for run in plan_runs(cells, find_cell_runs(cells, runs_dir), runs_dir)]


def test_new_runs_have_the_names_of_cells(cells, runs_dir):
    assert plan(cells, runs_dir) == [cell.name for cell in cells]
    assert not runs_dir.exists()


def test_a_run_is_found_by_its_configuration(cells, runs_dir):
    make_run(runs_dir / "other-name", cells[2].config)
    assert plan(cells, runs_dir)[2] == "other-name"


def test_a_changed_config_is_another_one(cells, runs_dir):
    run = make_run(runs_dir / cells[0].name, cells[0].config)
    text = run.config.read_text(encoding="utf-8").replace("epochs: 1", "epochs: 2")
    run.config.write_text(text, encoding="utf-8")
    names = plan(cells, runs_dir)
    assert names[2] == cells[0].name  # it has the configuration of another cell now
    assert names[0] == f"{cells[0].name}-2"  # the name is taken


def test_a_run_of_an_earlier_version_is_found(cells, runs_dir):
    """Its run.json has no record of the configuration."""
    run = make_run(runs_dir / "old", cells[1].config)
    text = run.run.read_text(encoding="utf-8").replace('"config"', '"other"')
    run.run.write_text(text, encoding="utf-8")
    assert plan(cells, runs_dir)[1] == "old"


def test_free_keys_may_differ(cells, runs_dir):
    config = cells[0].config
    train = config.train.model_copy(update={"snapshots": 3, "report": True})
    make_run(runs_dir / "a", config.model_copy(update={"name": "a", "train": train}))
    assert plan(cells, runs_dir)[0] == "a"


def test_finished_and_measured_runs_come_first(cells, runs_dir):
    config = cells[0].config
    make_run(runs_dir / "c-measured", config)
    make_run(runs_dir / "d-finished", config, test=False)
    make_run(runs_dir / "e-stopped", config, event="interrupted", test=False)
    assert plan(cells, runs_dir)[0] == "c-measured"


def test_broken_runs_are_skipped(cells, runs_dir):
    run = make_run(runs_dir / "x", cells[0].config)
    run.run.write_text("{", encoding="utf-8")
    make_run(runs_dir / "y", parse_config("", where="y")).config.write_text(": :", encoding="utf-8")
    assert plan(cells, runs_dir)[0] == cells[0].name


@pytest.mark.parametrize(
    ("event", "measured", "test", "done"),
    [
        ("end", True, True, True),
        ("end", False, True, False),
        ("end", False, False, True),
        ("diverged", False, True, True),
        ("interrupted", True, True, False),
        ("start", False, False, False),
    ],
)
def test_is_done(cells, runs_dir, event, measured, test, done):
    make_run(runs_dir / "x", cells[0].config, event=event, test=measured)
    [found] = find_cell_runs(cells[:1], runs_dir).values()
    assert found.is_done(test=test) == done
