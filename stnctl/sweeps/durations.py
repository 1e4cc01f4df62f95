"""Durations of a sweep: its limit, and the estimated time of its cells."""

from dataclasses import replace
from functools import cached_property
from itertools import islice
from statistics import median
from typing import TYPE_CHECKING

from stnctl.config.schema import Config
from stnctl.errors import StnctlError
from stnctl.runs import summary_files
from stnctl.sweeps.cells import Cell
from stnctl.sweeps.planning import FoundRun
from stnctl.sweeps.session import SweepSession

if TYPE_CHECKING:
    from stnctl.models.job import Job

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
"""Unit of a duration -> its seconds."""

STEP_COST = 3
"""Multiply-adds of a training step, as a multiple of those of a forward pass."""

RATE = 2.5e10
"""Typical number of multiply-adds per second and thread, for a network without measured times."""

START_SECONDS = 3.0
"""Typical time of the start and the end of a cell."""

_MAX_MEASURED = 20
"""Maximum number of finished runs from which the speed is measured."""


def seconds_of(duration: str) -> int:
    """Return a duration of a sweep file in seconds, such as 10,800 of ``3h``."""
    return int(duration[:-1]) * UNITS[duration[-1]]


class CellEstimates:
    """Number of parameters and estimated time of the cells of a sweep.

    The network of each kind is traced once, and each data set is loaded once.
    """

    def __init__(self, session: SweepSession) -> None:
        """Store the sweep."""
        self.session = session
        self._jobs: dict[str, Job | None] = {}
        self._facts: dict[str, tuple[int, int] | None] = {}

    def parameters(self, cell: Cell) -> int | None:
        """Return the number of parameters of a cell; None if its network does not fit the data.

        It is that of its run, if there is one, so that no data set is loaded for finished cells.
        """
        found = self.session.found.get(cell.fingerprint)
        if found is not None and (known := _recorded(found, "parameters")):
            return known
        facts = None if cell.config is None else self._network(cell.config)
        return None if facts is None else facts[0]

    def seconds(self, config: Config) -> float | None:
        """Return the estimated seconds of a cell; None if its network does not fit the data.

        The speed is that of the finished runs of the sweep, or else a typical one.
        """
        facts, job = self._network(config), self._job(config)
        if facts is None or job is None:
            return None
        images = config.data.train_size or len(job.view("train"))
        work = config.train.epochs * images * facts[1] * STEP_COST
        return START_SECONDS + work / (self._rate * config.train.threads)

    def _network(self, config: Config) -> tuple[int, int] | None:
        """Return the number of parameters, and that of multiply-adds of a forward pass."""
        key = config.data.model_dump_json() + config.model.model_dump_json()
        if key not in self._facts:
            self._facts[key] = self._trace(config)
        return self._facts[key]

    def _trace(self, config: Config) -> tuple[int, int] | None:
        job = self._job(config)
        if job is None:
            return None
        try:
            network = replace(job, config=config).network
        except StnctlError:
            return None
        return network.parameters, network.multiply_adds

    def _job(self, config: Config) -> "Job | None":
        from stnctl.data.sources.dataset_loader import load_with_fallback
        from stnctl.models.job import Job

        key = config.data.model_dump_json()
        if key not in self._jobs:
            try:
                self._jobs[key] = Job(config, *load_with_fallback(config.data))
            except StnctlError:
                self._jobs[key] = None
        return self._jobs[key]

    @cached_property
    def _rate(self) -> float:
        """Median number of multiply-adds per second and thread of some finished runs."""
        rates = (self._measured(cell) for cell in self.session.cells)
        found = list(islice((rate for rate in rates if rate), _MAX_MEASURED))
        return median(found) if found else RATE

    def _measured(self, cell: Cell) -> float | None:
        """Return the speed of the run of a cell; None without a finished epoch."""
        found = self.session.found.get(cell.fingerprint)
        if found is None or cell.config is None:
            return None
        work = _recorded(found, "multiply_adds")
        try:
            speed = summary_files.median_speed(found.run)
        except StnctlError:
            return None
        return work * STEP_COST * speed / cell.config.train.threads if work and speed else None


def _recorded(found: FoundRun, fact: str) -> int | None:
    """Return a number about the network from run.json; None if it is unknown."""
    network = found.record.get(summary_files.NETWORK)
    return summary_files.count(network.get(fact)) if isinstance(network, dict) else None
