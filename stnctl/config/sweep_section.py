"""Schema of a sweep file: the cells of the sweep, and the engine that trains them."""

import math
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from stnctl.config.data_section import Seed
from stnctl.config.engines import Engine, Local, Slurm
from stnctl.config.schema import RunName
from stnctl.config.section import Section
from stnctl.config.sweep_keys import BASE, SEED

MAX_CELLS = 20_000
"""Maximum number of cells of a sweep."""

Base = Annotated[str, Field(min_length=1, max_length=4096, title="a configuration")]
Bases = Annotated[tuple[Base, ...], Field(min_length=1, max_length=1000)]
Seeds = Annotated[tuple[Seed, ...], Field(min_length=1, max_length=10_000, title="a list of seeds")]
Changes = dict[str, Any]
Values = Annotated[tuple[Any, ...], Field(min_length=1, max_length=1000, title="a list of values")]
Number = Annotated[float, Field(ge=-1e30, le=1e30)]
Range = Annotated[tuple[Number, Number], Field(title="[low, high]")]
Whole = Annotated[int, Field(ge=-(2**53), le=2**53)]
WholeRange = Annotated[tuple[Whole, Whole], Field(title="[low, high]")]
Count = Annotated[int, Field(ge=1, le=MAX_CELLS)]
Duration = Annotated[
    str,
    Field(
        pattern=r"^[1-9][0-9]{0,5} ?(s|m|h|d)$",
        json_schema_extra={"patternErrorMessage": "such as `90m` or `3h`"},
    ),
]


class Distribution(Section):
    """Distribution of the values of one key. Exactly one key is given."""

    uniform: Range | None = None
    """Uniform distribution of a number between two bounds."""

    loguniform: Range | None = None
    """The same for the logarithm of the number. Both bounds are above 0."""

    int: WholeRange | None = None
    """Uniform distribution of a whole number; both bounds are included."""

    choice: Values | None = None
    """Choice from a list, with equal probabilities."""

    @model_validator(mode="after")
    def _one_is_given(self) -> Self:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(
                "expected exactly one of uniform, loguniform, int and choice, got "
                f"{' and '.join(given) or 'none'}"
            )
        return self

    @field_validator("uniform", "loguniform", "int")
    @classmethod
    def _low_is_below_high(cls, value: tuple[float, float] | None) -> Any:
        if value is not None and not value[0] < value[1]:
            raise ValueError(f"expected low < high, got {value[0]:g} and {value[1]:g}")
        return value

    @field_validator("loguniform")
    @classmethod
    def _bounds_have_logarithms(cls, value: tuple[float, float] | None) -> Any:
        if value is not None and value[0] <= 0:
            raise ValueError(f"expected bounds above 0, got {value[0]:g}")
        return value


def _changeable(values: dict[str, Any]) -> dict[str, Any]:
    """Return values of keys; raise if the base or the seed is among them."""
    for key, own in ((BASE, BASE), (SEED, "seeds")):
        if key in values:
            raise ValueError(f"{key} is no key to change: use the key {own} of the sweep")
    return values


Draws = Annotated[
    dict[str, Distribution],
    Field(min_length=1),
    AfterValidator(_changeable),
]


class RandomDraws(Section):
    """Random draws of some keys. Each draw is combined with each cell of the grid."""

    n: Count
    """Number of draws."""

    draw: Draws
    """Distribution of the values of each key."""

    seed: Seed = 0
    """Seed of the draws. With a larger `n`, the first draws stay the same."""


class Search(Section):
    """Search by Optuna: each trial depends on the results of the trials before it."""

    n: Count
    """Number of trials."""

    draw: Draws
    """Distribution of the values of each key."""

    sampler: Literal["tpe", "random"] = "tpe"
    """Sampler: `tpe` (tree-structured Parzen estimator), or `random`."""

    metric: Literal["validation_accuracy", "validation_loss"] = "validation_accuracy"
    """Metric to optimize: the accuracy is maximized, the loss is minimized."""

    pruning: Literal["median", "none"] = "none"
    """Early end of trials: `median` ends a trial whose result after an epoch is worse than the
    median of the trials before it; `none` trains each trial to its end."""

    startup_trials: Annotated[int, Field(ge=1, le=MAX_CELLS)] = 5
    """Number of random trials before the sampler and the pruning use results."""

    seed: Seed = 0
    """Seed of the sampler. With several jobs, the trials also depend on the order in which they
    end."""


class SweepConfig(Section):
    """Sweep: many runs that differ in some keys and in the seed."""

    name: RunName | None = None
    """Name of the sweep, and first part of the names of its runs; null for the name of the file."""

    base: Base | Bases
    """Configuration that the cells change: a file, relative to the sweep file, or a name of
    `stnctl configs`. A list gives several."""

    seeds: Annotated[int, Field(ge=1, le=10_000)] | Seeds = 1
    """Number of runs of each group, with the seeds 0, 1, ...; or a list of seeds."""

    set: Changes = Field(default={})
    """Values of keys that all cells have, such as `train.epochs: 3`."""

    grid: dict[str, Values] = Field(default={})
    """Values of keys. All combinations are trained."""

    include: tuple[Changes, ...] = ()
    """Further single groups, each as the values of its keys; `base` can be one of them. Without
    `grid`, `random` and `search`, only these are trained."""

    exclude: tuple[Changes, ...] = ()
    """Cells to leave out: those that have all values of an item. `base` and `seed` can be among the
    keys."""

    random: RandomDraws | None = None
    """Random draws of some keys."""

    search: Search | None = None
    """Search by Optuna, in place of `grid`, `include` and `random`."""

    baseline: Changes | None = None
    """Group with which the others are compared, by some of its values; null for the first one."""

    test: bool = True
    """Whether each finished run is measured on the test images, as `stnctl eval` does."""

    threads: Annotated[int, Field(ge=1, le=256)] | None = 1
    """Number of CPU threads of each cell. It is part of its configuration, so a cell has the same
    bits on each engine. Null for the number of its base."""

    engine: Engine = Local()
    """Engine: `local` (processes of this machine), `ray` or `slurm`."""

    limit: Duration | None = None
    """Time after which the sweep stops, such as `3h`. Trainings then save a checkpoint, and the
    same command continues them. Null for no limit."""

    @property
    def bases(self) -> tuple[str, ...]:
        """The configurations."""
        return (self.base,) if isinstance(self.base, str) else self.base

    @property
    def seed_list(self) -> tuple[int, ...]:
        """The seeds of each group."""
        return tuple(range(self.seeds)) if isinstance(self.seeds, int) else self.seeds

    @model_validator(mode="after")
    def _search_is_alone(self) -> Self:
        used = [name for name in ("grid", "include", "random") if getattr(self, name)]
        if self.search is not None and used:
            raise ValueError(
                f"search chooses the values itself, and takes no {' and no '.join(used)}"
            )
        if self.search is not None and len(self.bases) > 1:
            raise ValueError(f"search has one base, got {len(self.bases)}")
        if self.search and self.search.pruning != "none" and len(self.seed_list) > 1:
            raise ValueError("pruning needs a single seed: a trial of several has no epochs")
        if self.search and isinstance(self.engine, Slurm):
            raise ValueError("search needs results at once: use the engine local or ray")
        return self

    @field_validator("set", "grid")
    @classmethod
    def _keys_can_change(cls, value: dict[str, Any]) -> dict[str, Any]:
        return _changeable(value)

    @field_validator("include")
    @classmethod
    def _groups_have_no_seed(cls, value: tuple[Changes, ...]) -> tuple[Changes, ...]:
        if any(SEED in item for item in value):
            raise ValueError("expected groups without a seed: use the key seeds of the sweep")
        return value

    @model_validator(mode="after")
    def _slurm_waits_for_no_result(self) -> Self:
        if isinstance(self.engine, Slurm) and self.search is not None:
            raise ValueError("a search waits for results: use the engine local or ray")
        if isinstance(self.engine, Slurm) and self.limit is not None:
            raise ValueError("limit does not reach the jobs of slurm: use its key minutes")
        return self

    @model_validator(mode="after")
    def _keys_have_one_place(self) -> Self:
        drawn = self.random or self.search
        for key in (*self.grid, *(drawn.draw if drawn else ())):
            if key in self.set:
                raise ValueError(f"{key} has a value in `set`, and can't have others")
        return self

    @model_validator(mode="after")
    def _number_of_cells_is_limited(self) -> Self:
        groups = len(self.bases) * math.prod(map(len, self.grid.values()))
        groups = groups * (self.random.n if self.random else 1) + len(self.include)
        if (count := groups * len(self.seed_list)) > MAX_CELLS:
            raise ValueError(f"the sweep has up to {count:,} cells, expected at most {MAX_CELLS:,}")
        return self
