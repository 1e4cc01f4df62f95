import random

import numpy as np
import pytest

from stnctl.errors import DivergedError, EnvironmentFault
from stnctl.runs.metrics import append_metrics
from stnctl.runs.snapshots import Snapshots, write_snapshots
from stnctl.training import history_figure as module
from stnctl.training.callbacks import EpochMetrics, Interrupted
from stnctl.training.history_figure import (
    HistoryFigure,
    draw_history,
    history_figure,
    read_history,
)
from tests.image_files import size
from tests.tiny import RecordingCallback


def metrics(epoch):
    return EpochMetrics(epoch, 3 * epoch, 1 / epoch, 0.5, 2 / epoch, 0.4, 0.1, 600.0)


def end_epoch(figure, epoch):
    append_metrics(figure.run, metrics(epoch).numbers(), metrics(epoch).times())
    figure.on_epoch_end(metrics(epoch), best=False)


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def drawn(monkeypatch):
    """Replace the drawing; return the numbers of rows that were drawn."""
    counts = []
    monkeypatch.setattr(
        module, "history_png", lambda rows, _drift, **_: counts.append(len(rows)) or b"figure"
    )
    return counts


def test_draw_history(run, job):
    """It has the rows of both files, and leaves all random generators as they are."""
    random.seed(1)
    np.random.seed(1)
    before = random.getstate(), np.random.get_state()[1].tolist()
    draw_history(run, job.config.train)
    assert not run.history.exists()
    for epoch in (1, 2):
        append_metrics(run, metrics(epoch).numbers(), metrics(epoch).times())
    draw_history(run, job.config.train)
    assert min(size(run.history)) > 900
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before


def test_draw_history_has_times_and_a_changing_learning_rate(run, job, monkeypatch):
    found = []
    monkeypatch.setattr(module, "history_png", lambda rows, _drift, **_: found.extend(rows) or b"")
    for epoch in (1, 2):
        append_metrics(run, metrics(epoch).numbers(), metrics(epoch).times())
    draw_history(run, job.config.train)
    assert [row["seconds"] for row in found] == [0.1, 0.1]
    assert found[0]["learning_rate"] is None
    found.clear()
    cosine = type(job.config.train).model_validate({"epochs": 2, "schedule": "cosine"})
    draw_history(run, cosine)
    rate = cosine.learning_rate * (1 + np.cos(np.pi * np.array([2, 5]) / 6)) / 2
    np.testing.assert_allclose([row["learning_rate"] for row in found], rate)


@pytest.mark.parametrize(
    ("transformers", "expected"),
    [
        (
            {"first": {"movement": 2.0, "alignment": {"rotation": {"spread_before": 52.0}}},
             "second": {"movement": 3.0}},
            (2.0, 52.0, None),
        ),
        ({"first": {"movement": 2.0, "alignment": {"shift_x": {}}}}, (2.0, None, None)),
        ({}, (None, None, None)),
        ([1], (None, None, None)),
        ({"first": "x"}, (None, None, None)),
    ],
)  # fmt: skip
def test_read_history_of_the_first_transformer(run, job, transformers, expected):
    """The rows may be those of an untrusted run."""
    row = metrics(1).numbers() | {"transformers": transformers}
    append_metrics(run, row, metrics(1).times())
    [[found], _] = read_history(run, job.config.train)
    keys = ("movement", "rotation_before", "rotation_after")
    assert tuple(found[key] for key in keys) == expected


@pytest.mark.parametrize("is_damaged", [False, True])
def test_draw_history_has_the_drift_of_theta(run, job, monkeypatch, is_damaged):
    """Damaged snapshots are left out."""
    found = []
    monkeypatch.setattr(module, "history_png", lambda _rows, drift, **_: found.append(drift) or b"")
    append_metrics(run, metrics(1).numbers(), metrics(1).times())
    theta = np.array([[[1, 0], [1, 0]], [[1, 3], [5, 0]]], np.float32)
    shares = np.ones((2, 2), np.float32)
    write_snapshots(
        run,
        Snapshots(
            np.arange(2), np.array([0, 1]), np.ones((2, 2), np.int32), shares, {"stn": theta}
        ),
    )
    if is_damaged:
        run.snapshots.write_bytes(b"x")
    draw_history(run, job.config.train)
    rows = [{"epoch": 0, "theta_drift": 0.0}, {"epoch": 1, "theta_drift": 2.5}]
    assert found == [[] if is_damaged else rows]


def test_history_figure_takes_a_small_share_of_the_time(run, job, monkeypatch):
    """Epochs of a second: the first drawing takes one second, and each other one half of it."""
    clock, drawn = Clock(), []

    def draw(*_args):
        drawn.append(epoch)
        clock.now += 0.5 if len(drawn) > 1 else 1.0

    monkeypatch.setattr(module, "draw_history", draw)
    figure = HistoryFigure(RecordingCallback(), run, job.config.train, pytest.fail, clock=clock)
    for epoch in range(1, 301):
        clock.now += 1
        figure.on_epoch_end(metrics(epoch), best=False)
        assert figure.drawing <= 0.02 * (clock.now - 100)
    assert drawn[0] == 50
    assert len(drawn) == 1 + (0.02 * (clock.now - 100) - 1) // 0.5
    for _ in range(2):  # nothing is new at the second call
        figure.draw()
    assert drawn.count(300) == 1


def test_history_figure_passes_calls_on(run, job, drawn):
    inner = RecordingCallback(stop_at=[1])
    figure = HistoryFigure(inner, run, job.config.train, pytest.fail)
    figure.on_epoch_start(1, 0, 3)
    assert not figure.should_stop()
    figure.on_step(0.5, 0.25)
    end_epoch(figure, 1)
    assert figure.should_stop()
    assert (inner.starts, inner.means) == ([(1, 0, 3)], [(0.5, 0.25)])
    assert inner.ends == [(metrics(1), False)]


@pytest.mark.parametrize("stop", [None, Interrupted(3), DivergedError("the loss became nan")])
def test_history_figure_is_drawn_at_the_end(run, job, drawn, stop):
    """Also if the training is interrupted or diverges after an epoch."""
    try:
        with history_figure(RecordingCallback(), run, job.config.train, pytest.fail) as figure:
            end_epoch(figure, 1)
            assert drawn == []
            if stop:
                raise stop
    except (Interrupted, DivergedError):
        pass
    assert drawn == [1]
    assert run.history.read_bytes() == b"figure"


@pytest.mark.parametrize("error", [EnvironmentFault("the disk is full"), ValueError("x"), OSError])
def test_history_figure_warns_once_of_a_failure(run, job, monkeypatch, error):
    """The training continues, and the earlier figure stays."""

    def fail(*_args, **_kwargs):
        raise error

    run.history.write_bytes(b"earlier")
    monkeypatch.setattr(module, "history_png", fail)
    monkeypatch.setattr(module, "FIRST_SECONDS", 0.0)
    warnings = []
    with history_figure(RecordingCallback(), run, job.config.train, warnings.append) as figure:
        for epoch in (1, 2, 3):
            end_epoch(figure, epoch)
    assert len(warnings) == 1
    assert "history.png is not up to date" in warnings[0]
    assert run.history.read_bytes() == b"earlier"
