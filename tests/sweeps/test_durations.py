"""Limit of a sweep in seconds, and estimates of its cells."""

import pytest

from stnctl.sweeps.durations import RATE, START_SECONDS, STEP_COST, CellEstimates, seconds_of
from tests.sweeps.fake_runs import make_run


@pytest.mark.parametrize(
    ("text", "seconds"), [("45s", 45), ("90m", 5400), ("3 h", 10_800), ("2d", 172_800)]
)
def test_seconds_of(text, seconds):
    assert seconds_of(text) == seconds


SWEEP = "base: cnn\nset: {data.source: digits}\ngrid: {train.epochs: [2, 4], %s}"


def test_estimates_of_a_new_network(open_sweep):
    session = open_sweep(SWEEP % "train.threads: [1, 2]")
    estimates = CellEstimates(session)
    configs = [cell.config for cell in session.cells]
    assert {estimates.parameters(cell) for cell in session.cells} == {225_034}
    images, work = 1294, 2_631_040  # of docs/compare.md
    expected = [
        START_SECONDS + epochs * images * work * STEP_COST / (RATE * threads)
        for epochs in (2, 4)
        for threads in (1, 2)
    ]
    assert [estimates.seconds(config) for config in configs] == pytest.approx(expected, rel=0.01)


def test_a_smaller_training_set_takes_less(open_sweep):
    session = open_sweep(SWEEP % "data.train_size: [100, 200]")
    few, many, *_ = (CellEstimates(session).seconds(cell.config) for cell in session.cells)
    assert many - START_SECONDS == pytest.approx(2 * (few - START_SECONDS))


def test_a_network_that_does_not_fit(open_sweep):
    [cell] = (session := open_sweep("base: cnn\nset: {data.source: missing.npz}")).cells
    estimates = CellEstimates(session)
    assert (estimates.parameters(cell), estimates.seconds(cell.config)) == (None, None)


def test_the_speed_of_finished_runs_counts(open_sweep, runs_dir):
    """The fake run of one epoch has neither a network nor a speed; this one has both."""
    text = SWEEP % "train.threads: [1]"
    cell = open_sweep(text).cells[0]
    run = make_run(runs_dir / "x", cell.config)
    record = run.run.read_text(encoding="utf-8")
    network = '"network": {"multiply_adds": 1000000}, "name"'
    run.run.write_text(record.replace('"name"', network, 1), encoding="utf-8")
    row = '{"epoch": 1, "step": 10, "seconds": 2.0, "images_per_second": 500.0}\n'
    run.times.write_text(row, encoding="utf-8")
    session = open_sweep(text)
    estimate = CellEstimates(session).seconds(session.cells[1].config)
    images, work = 1294, 2_631_040
    measured = 1_000_000 * STEP_COST * 500
    assert estimate == pytest.approx(START_SECONDS + 4 * images * work * STEP_COST / measured, 0.01)
