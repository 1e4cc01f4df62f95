"""Expansion of a sweep into its cells."""

import math
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TYPE_CHECKING, Any

from stnctl.config.extends import read_extended
from stnctl.config.fingerprint import fingerprint
from stnctl.config.load import validate_raw
from stnctl.config.messages import format_value
from stnctl.config.overrides import parse_key, put_value
from stnctl.config.raw import Origin, RawConfig
from stnctl.config.schema import Config
from stnctl.config.strict_yaml import KeyPath
from stnctl.config.sweep_keys import BASE, SEED
from stnctl.config.sweep_load import SweepFile
from stnctl.config.sweep_section import Distribution, RandomDraws
from stnctl.errors import ConfigError, ConfigProblem
from stnctl.sweeps.cells import Cell, cell_name, unique_names

if TYPE_CHECKING:
    import numpy as np

THREADS = "train.threads"
"""Key of the number of threads, which the key `threads` of a sweep sets."""


@dataclass(frozen=True)
class Change:
    """Value of a dotted key of a cell, with the place in the sweep that gives it."""

    key: str
    value: Any
    place: KeyPath


Group = tuple[Change, ...]
"""Changes of a group of cells. The first one names the base."""


def expand_sweep(sweep: SweepFile) -> list[Cell]:
    """Return the cells of a sweep, in the order of its groups; the seed varies fastest.

    A cell whose configuration is not valid has the problem. Of cells with the same configuration,
    only the first is returned.

    Raises:
        ConfigError: If no cell is valid, if there is no cell, or if a base can't be read.
    """
    builder = CellBuilder(sweep)
    cells: dict[str, Cell] = {}
    for group in _groups(sweep):
        for seed in sweep.config.seed_list:
            if not _is_excluded(sweep, group, seed):
                cell = builder.cell(group, seed)
                cells.setdefault(cell.fingerprint or cell.name, cell)
    if not cells:
        raise ConfigError(f"the sweep {sweep.name} has no cells: all are excluded")
    problems = [cell.problem for cell in cells.values() if cell.problem]
    if len(problems) == len(cells):
        raise problems[0]
    names = unique_names(cell.name for cell in cells.values())
    return [replace(cell, name=name) for cell, name in zip(cells.values(), names, strict=True)]


@dataclass(frozen=True)
class CellBuilder:
    """Builder of the cells of a sweep. It reads each base once."""

    sweep: SweepFile
    _bases: dict[str, tuple[RawConfig, str]] = field(default_factory=dict, init=False)

    def cell(self, group: Group, seed: int) -> Cell:
        """Return a cell with its configuration, or with the problem of this configuration.

        Args:
            group: The changes of its group.
            seed: The seed.

        Raises:
            ConfigError: If the base can't be read.
        """
        base, *changes = [*group, *_changes(self.sweep.config.set, ("set",))]
        values, threads = self._values(group), self.sweep.config.threads
        if threads is not None and all(change.key != THREADS for change in changes):
            changes.append(Change(THREADS, threads, ("threads",)))
        changes.append(Change(SEED, seed, ("seeds",)))
        raw, where = self._base(base)
        try:
            config = self._changed(raw, where, changes)
        except ConfigError as error:
            name = cell_name(self.sweep.name, values, seed, "")
            return Cell(name, values, seed, "", problem=error)
        mark = fingerprint(config)
        return Cell(cell_name(self.sweep.name, values, seed, mark), values, seed, mark, config)

    def _values(self, group: Group) -> dict[str, Any]:
        """Return the values in which groups differ; the base is left out if there is only one."""
        config = self.sweep.config
        several = len(config.bases) > 1 or any(BASE in item for item in config.include)
        return {change.key: change.value for change in group if several or change.key != BASE}

    def _base(self, change: Change) -> tuple[RawConfig, str]:
        """Return the data of a base, and its name in messages."""
        text = change.value
        origin = self._origin(change)
        if not isinstance(text, str) or not text:
            got = format_value(text)
            raise ConfigError(
                ConfigProblem("expected a configuration", got=got, path=BASE, origin=origin)
            )
        if text not in self._bases:
            located = self.sweep.locate_base(text)
            try:
                self._bases[text] = read_extended(located.path), str(located)
            except ConfigError as error:
                problem = ConfigProblem(str(error), path=BASE, origin=origin)
                raise ConfigError(problem, hint=error.hint) from error
        return self._bases[text]

    def _changed(self, base: RawConfig, where: str, changes: Sequence[Change]) -> Config:
        """Return the configuration of a base with changes, whose origins are in the sweep."""
        raw = RawConfig(deepcopy(base.data), dict(base.origins))
        problems: list[ConfigProblem] = []
        for change in changes:
            origin = self._origin(change)
            try:
                put_value(raw, parse_key(change.key), deepcopy(change.value), Origin(origin))
            except ConfigError as error:
                problems += [
                    replace(problem, path=change.key, origin=origin) for problem in error.problems
                ]
        return validate_raw(raw, where, tuple(problems))

    def _origin(self, change: Change) -> str:
        raw = self.sweep.raw
        return raw.origins[raw.nearest_path(change.place)].text


def base_change(sweep: SweepFile, index: int) -> Change:
    """Return the change that names a base of a sweep."""
    place: KeyPath = (BASE,) if isinstance(sweep.config.base, str) else (BASE, index)
    return Change(BASE, sweep.config.bases[index], place)


def _groups(sweep: SweepFile) -> Iterator[Group]:
    config = sweep.config
    bases = [base_change(sweep, index) for index in range(len(config.bases))]
    axes = [
        [Change(key, value, ("grid", key, index)) for index, value in enumerate(values)]
        for key, values in config.grid.items()
    ]
    draws: list[Group] = [()] if config.random is None else list(_draws(config.random))
    if axes or config.random is not None or not config.include:
        for base, combination, draw in product(bases, list(product(*axes)), draws):
            yield (base, *combination, *draw)
    for index, item in enumerate(config.include):
        given = _changes(item, ("include", index))
        named = [change for change in given if change.key == BASE]
        for base in named or bases:
            yield (base, *(change for change in given if change.key != BASE))


def _draws(draws: RandomDraws) -> Iterator[Group]:
    """Yield the changes of each draw. They do not depend on the number of draws."""
    import numpy as np

    for index in range(draws.n):
        generator = np.random.default_rng([draws.seed, index])
        yield tuple(
            Change(key, _draw(law, generator), ("random", "draw", key))
            for key, law in draws.draw.items()
        )


def _draw(law: Distribution, generator: "np.random.Generator") -> Any:
    if law.choice is not None:
        return law.choice[generator.integers(len(law.choice))]
    if law.int is not None:
        return int(generator.integers(*law.int, endpoint=True))
    if law.loguniform is not None:
        low, high = map(math.log, law.loguniform)
        return rounded(math.exp(generator.uniform(low, high)))
    return rounded(generator.uniform(*(law.uniform or (0, 1))))


def rounded(value: float) -> float:
    """Return a number with six significant digits, so that names and tables show it whole."""
    return float(f"{value:.6g}")


def _changes(values: Mapping[str, Any], place: KeyPath) -> Group:
    return tuple(Change(key, value, (*place, key)) for key, value in values.items())


def _is_excluded(sweep: SweepFile, group: Group, seed: int) -> bool:
    known = {change.key: change.value for change in group} | {SEED: seed}
    return any(
        all(key in known and known[key] == value for key, value in item.items())
        for item in sweep.config.exclude
    )
