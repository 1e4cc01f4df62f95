"""Values of the key `engine` of a sweep: the engines that train its cells."""

from typing import Annotated, Any, Literal

from pydantic import Field

from stnctl.config.section import Section
from stnctl.config.unions import TaggedUnion

Workers = Annotated[int, Field(ge=1, le=1024)]
Retries = Annotated[int, Field(ge=0, le=100)]
Gigabytes = Annotated[float, Field(gt=0, le=65_536)]
Gpus = Annotated[float, Field(ge=0, le=64)]
Text = Annotated[
    str,
    Field(
        min_length=1,
        max_length=400,
        pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]+$",
        json_schema_extra={"patternErrorMessage": "a text without control characters"},
    ),
]


class Local(Section):
    """Worker processes of this machine."""

    engine: Literal["local"] = "local"
    """Name of the engine."""

    jobs: Workers | None = None
    """Number of worker processes; null for one for every `threads` of the CPU cores."""

    retries: Retries = 0
    """Number of times that a cell is resumed after its worker was killed."""


class Ray(Section):
    """Ray, on this machine or on a cluster. Needs the extra `ray`."""

    engine: Literal["ray"] = "ray"
    """Name of the engine."""

    address: Text | None = None
    """Address of a running cluster, such as `10.0.0.1:6379`, or `auto`; null to start Ray on this
    machine. All nodes need stnctl, and the folder of the runs at the same path."""

    cpus: Workers | None = None
    """CPU cores of each cell; null for its threads."""

    gpus: Gpus = 0
    """GPUs of each cell; 0.5 lets two cells share one."""

    memory_gb: Gigabytes | None = None
    """Memory of each cell in gigabytes; null to reserve none."""

    retries: Retries = 3
    """Number of times that a cell is resumed after its worker or its node was lost."""


class Slurm(Section):
    """Slurm, by a job array of submitit. Needs the extra `slurm`."""

    engine: Literal["slurm"] = "slurm"
    """Name of the engine."""

    partition: Text | None = None
    """Partition; null for the default one."""

    account: Text | None = None
    """Account; null for the default one."""

    minutes: Annotated[int, Field(ge=1, le=1_000_000)] = 60
    """Time limit of each cell in minutes. A cell that reaches it is requeued and resumed."""

    cpus: Workers | None = None
    """CPU cores of each cell; null for its threads."""

    gpus: Annotated[int, Field(ge=0, le=64)] = 0
    """GPUs of each cell."""

    memory_gb: Gigabytes = 4.0
    """Memory of each cell in gigabytes."""

    parallel: Workers = 64
    """Maximum number of cells of an array that are trained at the same time. An array has up to
    1,000 cells."""

    retries: Retries = 3
    """Number of times that a cell is requeued after its time limit. A preempted one always is."""

    setup: tuple[Text, ...] = ()
    """Commands of the shell that each job runs first, such as `module load cuda`."""


EngineSection = Local | Ray | Slurm
ENGINE_SECTIONS: dict[str, Any] = {"local": Local, "ray": Ray, "slurm": Slurm}
"""Name of an engine -> its section."""

Engine = Annotated[EngineSection, TaggedUnion(key="engine", kinds=ENGINE_SECTIONS, default="local")]
