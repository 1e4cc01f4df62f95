"""Search of a sweep: Optuna chooses the values of each trial by the results of the trials before.

Each trial is a group of cells, one for each seed. The journal of the study is in the folder of the
sweep, so that a search that was stopped continues. The sampler of each trial has its own seed, so
that a search with one job gives the same trials if it is stopped and continued.
"""

import importlib.util
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

import numpy as np

from stnctl.config.fingerprint import short_key
from stnctl.config.strict_yaml import KeyPath
from stnctl.config.sweep_load import SweepFile
from stnctl.config.sweep_section import Distribution, Search
from stnctl.errors import UsageError
from stnctl.runs.directory import RunDirectory
from stnctl.runs.summary import summarize
from stnctl.sweeps.cell_task import CellEnd, CellTask
from stnctl.sweeps.cells import Cell, unique_names
from stnctl.sweeps.engines.events import CellEpoch, Event
from stnctl.sweeps.expansion import CellBuilder, Change, Group, base_change, rounded
from stnctl.sweeps.folder import PRUNED, PlannedRun, SweepFolder
from stnctl.sweeps.planning import find_cell_runs
from stnctl.sweeps.session import SweepSession

if TYPE_CHECKING:
    from optuna import Study, Trial
    from optuna.distributions import BaseDistribution
    from optuna.pruners import BasePruner
    from optuna.samplers import BaseSampler
    from optuna.trial import FrozenTrial

EXTRA = 'pip install "stnctl[search]"'
"""Command that installs Optuna."""

_SETTINGS = "settings"
"""Attribute of the study with the settings of its search."""

_REPLACED = "replaced"
"""Attribute of the study with the numbers of interrupted trials, each of which a new trial with the
same values replaces."""


class SearchSession(SweepSession):
    """Session of a search, whose cells are added with its trials."""

    def __init__(self, sweep: SweepFile, search: Search, runs_dir: Path) -> None:
        """Open the study of the search, if it was started before, and add the cells of its trials.

        Raises:
            UsageError: If Optuna is not installed, or the search had other settings before.
        """
        super().__init__(sweep, runs_dir)
        self.search = search
        self._builder = CellBuilder(sweep)
        self._trials: dict[str, list[_OpenTrial]] = {}
        self._is_saved = self.folder.trials.exists()
        self._study = _open_study(self.search, self.folder if self._is_saved else None)
        self._add_cells([trial.params for trial in self._counted()])

    @property
    def num_cells(self) -> int:
        """Number of cells of all trials."""
        return self.search.n * len(self.sweep.config.seed_list)

    @property
    def num_missing(self) -> int:
        """Number of cells of the trials that have no result yet."""
        finished = sum(trial.state.is_finished() for trial in self._counted())
        return self.num_cells - finished * len(self.sweep.config.seed_list)

    @property
    def threads(self) -> int:
        """Number of threads of a cell."""
        return self.sweep.config.threads or super().threads

    def save(self) -> None:
        """Write the plan of the trials so far, and create the study before the first one."""
        super().save()
        if not self._is_saved:
            self._study = _open_study(self.search, self.folder)
            self._is_saved = True

    def tasks(self) -> Iterator[CellTask]:
        """Yield the trainings of the trials, each of which is chosen when it is needed.

        Raises:
            ConfigError: If the first trial is not valid.
        """
        for trial in self._counted():
            if not trial.state.is_finished():
                self._replace(trial)
        while len(self._counted()) < self.search.n:
            yield from self._start_trial()

    def refined(self, end: CellEnd) -> CellEnd:
        """Return the end of a cell, "pruned" if the training was stopped because of its result."""
        is_pruned = any(trial.is_pruned for trial in self._trials.get(end.cell, ()))
        return replace(end, outcome="pruned") if is_pruned and end.outcome == "interrupted" else end

    def take(self, event: Event) -> bool:
        """Take an event, and return whether the training of its cell must stop."""
        super().take(event)
        for trial in self._trials.get(event.cell, ()):
            if isinstance(event, CellEpoch) and self.search.pruning != "none":
                trial.report(event.metrics[self.search.metric], event.metrics["epoch"])
                return trial.is_pruned
            if isinstance(event, CellEnd):
                self._end_cell(trial, event)
        return False

    def _counted(self) -> "list[FrozenTrial]":
        """Return the trials that were started, without replaced ones."""
        replaced = self._study.user_attrs.get(_REPLACED, [])
        return [
            trial
            for trial in self._study.get_trials(deepcopy=False)
            if trial.number not in replaced and trial.state.name != "WAITING"
        ]

    def _replace(self, trial: "FrozenTrial") -> None:
        """Replace an interrupted trial by a new one, which is started next."""
        from optuna.trial import TrialState

        self._study.enqueue_trial(trial.params)
        replaced = self._study.user_attrs.get(_REPLACED, [])
        self._study.set_user_attr(_REPLACED, [*replaced, trial.number])
        self._study.tell(trial.number, state=TrialState.FAIL)

    def _start_trial(self) -> Iterator[CellTask]:
        """Choose the values of a trial, and yield the trainings of its missing cells."""
        from optuna.trial import TrialState

        number = len(self._counted())
        self._study.sampler = _sampler(self.search, number)
        trial = self._study.ask({key: _distribution(law) for key, law in self.search.draw.items()})
        cells = self._add_cells([trial.params])
        self.save()
        if problems := [cell.problem for cell, _ in cells if cell.problem]:
            self._study.tell(trial, state=TrialState.FAIL)
            if number == 0:
                raise problems[0]
            return
        missing = [(cell, run) for cell, run in cells if not self.is_done(cell)]
        runs = [RunDirectory(self.runs_dir / run.run) for _, run in cells]
        started = _OpenTrial(trial, runs, {cell.name for cell, _ in missing})
        if not missing:
            self._report_result(started)
        for cell, _ in missing:
            self._trials.setdefault(cell.name, []).append(started)
        yield from (self.task(cell, run) for cell, run in missing)

    def _add_cells(self, trials: Sequence[Mapping[str, Any]]) -> list[tuple[Cell, PlannedRun]]:
        """Add the cells of trials that are not there yet; return all of them with their runs.

        Args:
            trials: The values of each trial.
        """
        seeds = self.sweep.config.seed_list
        cells = [
            self._builder.cell(self._group(values), seed) for values in trials for seed in seeds
        ]
        marks = {cell.fingerprint for cell in cells}
        known = {cell.fingerprint for cell in self.cells}
        new = {
            cell.fingerprint or cell.name: cell for cell in cells if cell.fingerprint not in known
        }
        names = unique_names(
            (cell.name for cell in new.values()), (cell.name for cell in self.cells)
        )
        self.found |= find_cell_runs(cells, self.runs_dir) if known & marks else {}
        self.add([replace(cell, name=name) for cell, name in zip(new.values(), names, strict=True)])
        return [
            (cell, run)
            for cell, run in zip(self.cells, self.planned, strict=True)
            if cell.fingerprint in marks
        ]

    def _group(self, values: Mapping[str, Any]) -> Group:
        """Return the changes of the cells of a trial."""
        changes = (
            Change(key, rounded(value) if isinstance(value, float) else value, _place(key))
            for key, value in values.items()
        )
        return base_change(self.sweep, 0), *changes

    def _end_cell(self, trial: "_OpenTrial", end: CellEnd) -> None:
        """Report the result of a trial to the study when its last cell has ended."""
        from optuna.trial import TrialState

        trial.missing.discard(end.cell)
        if end.outcome == "pruned":
            self.problems[end.cell] = PRUNED
            self.save()
            self._study.tell(trial.trial, state=TrialState.PRUNED, skip_if_finished=True)
        elif end.outcome in ("failed", "diverged"):
            self._study.tell(trial.trial, state=TrialState.FAIL, skip_if_finished=True)
        elif end.outcome == "finished" and not trial.missing:
            self._report_result(trial)

    def _report_result(self, trial: "_OpenTrial") -> None:
        """Report the mean result of the cells of a trial to the study."""
        results = [getattr(summarize(run), self.search.metric) for run in trial.runs]
        if None not in results:
            self._study.tell(trial.trial, fmean(results), skip_if_finished=True)


@dataclass
class _OpenTrial:
    """Trial that has no result yet.

    Attributes:
        trial: The trial of Optuna.
        runs: The runs of its cells.
        missing: Names of the cells that are not trained yet.
        is_pruned: Whether its training ends early.
    """

    trial: "Trial"
    runs: list[RunDirectory]
    missing: set[str]
    is_pruned: bool = False

    def report(self, value: float, epoch: int) -> None:
        """Report the result after an epoch, and find out whether the trial is pruned."""
        self.trial.report(value, epoch)
        self.is_pruned = self.is_pruned or self.trial.should_prune()


def _open_study(search: Search, folder: SweepFolder | None) -> "Study":
    """Return the study in the folder of a sweep, or a new one in memory without a folder."""
    if importlib.util.find_spec("optuna") is None:
        raise UsageError("a search needs Optuna, which is not installed", hint=EXTRA)
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        storage=JournalStorage(JournalFileBackend(str(folder.trials))) if folder else None,
        study_name=folder.path.name if folder else None,
        direction="maximize" if search.metric == "validation_accuracy" else "minimize",
        pruner=_pruner(search),
        load_if_exists=True,
    )
    settings = short_key(search.model_copy(update={"n": 1}))
    if study.user_attrs.get(_SETTINGS, settings) != settings:
        raise UsageError(
            "the search was started with other settings",
            hint="choose another --name; only `n` may change",
        )
    study.set_user_attr(_SETTINGS, settings)
    return study


def _sampler(search: Search, number: int) -> "BaseSampler":
    """Return the sampler of a trial. Its random numbers depend on the number of the trial."""
    from optuna.samplers import RandomSampler, TPESampler

    seed = int(np.random.SeedSequence([search.seed, number]).generate_state(1)[0])
    if search.sampler == "random":
        return RandomSampler(seed)
    return TPESampler(n_startup_trials=search.startup_trials, seed=seed)


def _pruner(search: Search) -> "BasePruner":
    from optuna.pruners import MedianPruner, NopPruner

    if search.pruning == "none":
        return NopPruner()
    return MedianPruner(n_startup_trials=search.startup_trials)


def _distribution(law: Distribution) -> "BaseDistribution":
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    if law.choice is not None:
        return CategoricalDistribution(law.choice)
    if law.int is not None:
        return IntDistribution(*law.int)
    if law.loguniform is not None:
        return FloatDistribution(*law.loguniform, log=True)
    return FloatDistribution(*(law.uniform or (0.0, 1.0)))


def _place(key: str) -> KeyPath:
    return "search", "draw", key
