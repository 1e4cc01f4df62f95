"""Search of a sweep by Optuna."""

import math

import pytest

from stnctl.errors import ConfigError, UsageError
from stnctl.sweeps.cell_task import CellEnd
from stnctl.sweeps.folder import PRUNED, read_plan, read_problems
from stnctl.sweeps.results_reader import read_results
from stnctl.sweeps.session import train_session
from tests.sweeps.fake_runs import FakeEngine

optuna = pytest.importorskip("optuna")

SEARCH = """
base: cnn
search:
  n: {n}
  startup_trials: 4
  {further}
  draw:
    train.learning_rate: {{loguniform: [1e-5, 1e-1]}}
    train.batch_size: {{choice: [16, 32]}}
"""


def text(n, further=""):
    return SEARCH.format(n=n, further=further)


def accuracy(config):
    """Return a fake accuracy, which is largest for a learning rate of 1e-3."""
    return 1 - (math.log10(config.train.learning_rate) + 3) ** 2 / 10


def train(session, engine):
    train_session(session, engine, lambda _event: None, lambda: False)
    return [cell.values for cell in session.cells]


def test_it_finds_the_best_value(open_sweep):
    values = train(open_sweep(text(25)), FakeEngine(accuracy))
    assert len(values) == 25
    rates = [math.log10(each["train.learning_rate"]) for each in values]
    errors = [abs(rate + 3) for rate in rates]
    assert min(errors) < 0.2
    assert sum(errors[15:]) < sum(errors[:10])


def test_trials_are_those_of_optuna(open_sweep):
    """Expected: the study of Optuna alone, with a sampler of its own for each trial."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution

    from stnctl.sweeps.search import _sampler

    session = open_sweep(text(8))
    values = train(session, FakeEngine(accuracy))
    study = optuna.create_study(direction="maximize")
    space = {
        "train.learning_rate": FloatDistribution(1e-5, 1e-1, log=True),
        "train.batch_size": CategoricalDistribution([16, 32]),
    }
    for number in range(8):
        study.sampler = _sampler(session.search, number)
        trial = study.ask(space)
        rate = float(f"{trial.params['train.learning_rate']:.6g}")
        assert values[number] == trial.params | {"train.learning_rate": rate}
        study.tell(trial, 1 - (math.log10(rate) + 3) ** 2 / 10)


@pytest.mark.parametrize("sampler", ["tpe", "random"])
def test_a_stopped_search_continues_with_the_same_trials(open_sweep, load, sampler):
    changed = text(9, f"sampler: {sampler}")
    for stop_after in (3, 2, 1):
        with pytest.raises(KeyboardInterrupt):
            train(open_sweep(changed), FakeEngine(accuracy, stop_after=stop_after))
    last = open_sweep(changed)
    assert (last.num_cells, last.num_missing) == (9, 3)
    values = train(last, FakeEngine(accuracy))
    session = open_sweep(f"name: other\n{changed}")
    assert values == train(session, FakeEngine(accuracy))
    assert open_sweep(changed).num_missing == 0


def test_more_trials_later(open_sweep):
    few = train(open_sweep(text(3)), FakeEngine(accuracy))
    engine = FakeEngine(accuracy)
    assert train(open_sweep(text(5)), engine)[:3] == few
    assert len(engine.trained) == 2


def test_other_settings_need_another_name(open_sweep):
    train(open_sweep(text(2)), FakeEngine(accuracy))
    with pytest.raises(UsageError, match="was started with other settings"):
        open_sweep(text(2, "seed: 1"))


def test_pruning(open_sweep):
    session = open_sweep(text(14, "pruning: median"))
    train(session, FakeEngine(accuracy))
    pruned = read_problems(session.folder)
    assert set(pruned.values()) == {PRUNED}
    plan = read_plan(session.folder)
    results = read_results(session.folder, plan, session.runs_dir)
    assert {cell.cell for cell in results if cell.state == "pruned"} == set(pruned)
    engine = FakeEngine(accuracy)
    train(open_sweep(text(14, "pruning: median")), engine)
    assert engine.trained == []


def test_seeds_are_averaged(open_sweep):
    session = open_sweep(f"seeds: 2{text(3)}")
    train(session, FakeEngine(lambda config: 0.5 + 0.1 * config.seed))
    assert [cell.seed for cell in session.cells] == [0, 1] * 3
    assert session._study.best_value == pytest.approx(0.55)


def test_equal_trials_are_trained_once(open_sweep):
    engine = FakeEngine(accuracy)
    search = "search: {n: 6, startup_trials: 6, draw: {train.batch_size: {choice: [16, 32]}}}"
    session = open_sweep(f"base: cnn\n{search}")
    train(session, engine)
    assert sorted(cell.values["train.batch_size"] for cell in session.cells) == [16, 32]
    assert len(engine.trained) == 2
    assert len(session._study.trials) == 6


class FailingEngine(FakeEngine):
    """Engine whose first cell fails."""

    def train(self, tasks, on_event, should_stop):
        first = next(tasks)
        on_event(CellEnd(first.cell, "failed", "no memory", 4))
        super().train(tasks, on_event, should_stop)


def test_failed_trials_count(open_sweep):
    session = open_sweep(text(3))
    train(session, FailingEngine(accuracy))
    states = [trial.state.name for trial in session._study.trials]
    assert states == ["FAIL", "COMPLETE", "COMPLETE"]
    assert list(read_problems(session.folder).values()) == ["no memory"]


def test_a_dry_run_writes_nothing(open_sweep, runs_dir):
    session = open_sweep(text(3))
    assert (session.num_cells, session.num_missing) == (3, 3)
    assert not runs_dir.exists()


@pytest.mark.parametrize(
    ("sweep", "message"),
    [
        ("base: cnn\nsearch: {n: 2, draw: {train.epoch: {int: [1, 2]}}}", "train.epoch: unknown"),
        (f"seeds: 2{text(2, 'pruning: median')}", "pruning needs a single seed"),
    ],
)
def test_invalid(open_sweep, sweep, message):
    with pytest.raises(ConfigError, match=message):
        train(open_sweep(sweep), FakeEngine())
