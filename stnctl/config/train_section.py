"""Section `train` of a config: the optimizer, its schedule, and the checkpoints."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from stnctl.config.choices import MAX_EPOCHS, MAX_SNAPSHOTS, OPTIMIZERS, SINKS
from stnctl.config.part_sections import Freeze, LearningRateOf
from stnctl.config.penalties_section import Penalties
from stnctl.config.schedules import Constant, Schedule
from stnctl.config.section import Section, distinct, one_of
from stnctl.config.stage_section import StageConfig

Interval = Annotated[
    str,
    Field(
        pattern=r"^[1-9][0-9]{0,8} (steps|seconds)$",
        json_schema_extra={"patternErrorMessage": "such as `300 seconds` or `500 steps`"},
    ),
]
Beta = Annotated[float, Field(ge=0, lt=1)]
Betas = Annotated[tuple[Beta, Beta], Field(title="[beta_1, beta_2]")]
ClassWeights = Annotated[
    tuple[Annotated[float, Field(ge=0, le=1_000_000)], ...],
    Field(max_length=2000, title="a list with one weight for each class"),
]

RunPath = Annotated[
    str,
    Field(
        max_length=4096,
        pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]+$",
        json_schema_extra={"patternErrorMessage": "the path or the name of a run"},
    ),
]


class TrainConfig(Section):
    """Training."""

    epochs: Annotated[int, Field(ge=1, le=MAX_EPOCHS)] = 10
    """Number of passes over the training set."""

    batch_size: Annotated[int, Field(ge=1, le=65_536)] = 32
    """Number of images per training step."""

    optimizer: Annotated[str, one_of(OPTIMIZERS)] = "adam"
    """Optimizer: `adam`, `adamw` (Adam with decoupled weight decay), or `sgd` (gradient
    descent)."""

    learning_rate: Annotated[float, Field(gt=0)] = 0.001
    """Learning rate."""

    betas: Betas | None = None
    """[beta_1, beta_2], the momenta of the mean gradient and of the mean squared gradient; null for
    [0.9, 0.999]. Only for `adam` and `adamw`."""

    momentum: Annotated[float, Field(ge=0, lt=1)] | None = None
    """Momentum of the updates; null for none. Only for `sgd`."""

    weight_decay: Annotated[float, Field(ge=0, lt=1)] | None = None
    """Decoupled weight decay: each step also subtracts this fraction of each weight, times the
    learning rate. Null for 0.004 with `adamw`, and for none with `sgd`. Only for these two."""

    @field_validator("betas", "momentum", "weight_decay")
    @classmethod
    def _key_belongs_to_the_optimizer(cls, value: Any, info: ValidationInfo) -> Any:
        used = info.data.get("optimizer")
        owners = [name for name, each in OPTIMIZERS.items() if info.field_name in each.keys]
        if value is None or used is None or used in owners:
            return value
        kind = "optimizer" if len(owners) == 1 else "optimizers"
        raise ValueError(
            f"belongs to the {kind} {' and '.join(owners)}, but the optimizer is {used}: leave it "
            "null"
        )

    learning_rate_of: LearningRateOf = LearningRateOf()
    """Factors of the learning rate for the parts of the network. A factor multiplies each update,
    weight decay included."""

    freeze: Freeze = Freeze()
    """Parts of the network whose weights stay as they are, for a time or always."""

    start_from: RunPath | None = None
    """Run whose best checkpoint gives the first weights: its path, its name, or a prefix of its
    name. Layers with the same name and the same shapes get its weights. Null for random weights."""

    clip_norm: Annotated[float, Field(gt=0)] | None = None
    """Maximum norm of all gradients together: larger gradients are scaled down to it. Null to keep
    the gradients as they are."""

    penalties: Penalties = Penalties()
    """Penalties on the transformers, which are added to the training loss."""

    label_smoothing: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Share of the label's probability that is divided equally among all classes."""

    class_weights: Literal["balanced"] | ClassWeights | None = None
    """Weights of the classes in the training loss: one number for each class, or `balanced`, which
    gives the same total weight to all classes. Null for equal weights of all images."""

    @field_validator("class_weights")
    @classmethod
    def _some_class_counts(cls, value: Any) -> Any:
        if isinstance(value, tuple) and not any(value):
            raise ValueError("no class has a weight above 0, so that the loss is always 0")
        return value

    schedule: Schedule = Constant()
    """Learning-rate schedule: `constant`, `step`, `cosine` (falls to zero by the last epoch) or
    `onecycle` (rises, then falls to zero), by its name or as a section with its keys."""

    @field_validator("schedule")
    @classmethod
    def _warmup_ends_in_the_training(cls, value: Any, info: ValidationInfo) -> Any:
        warmup, epochs = getattr(value, "warmup", 0), info.data.get("epochs")
        if epochs is not None and warmup >= epochs:
            raise ValueError(
                f"a warm-up of {warmup:g} epochs, expected less than train.epochs, {epochs}"
            )
        return value

    stages: Annotated[tuple[StageConfig, ...], Field(max_length=20)] = ()
    """Stages before the main training, in their order. The keys of a stage replace those of the
    main training, which takes the remaining epochs. Each stage has a new optimizer."""

    @field_validator("stages")
    @classmethod
    def _stages_fit(cls, value: Any, info: ValidationInfo) -> Any:
        if not value or "epochs" not in info.data:
            return value
        epochs, main = info.data["epochs"], info.data.get("schedule")
        if (left := epochs - sum(stage.epochs for stage in value)) < 1:
            raise ValueError(
                f"{epochs - left} epochs, expected less than train.epochs, {epochs}, because the "
                "main training follows"
            )
        schedules = [(stage.schedule or main, stage.epochs) for stage in value]
        for number, (schedule, length) in enumerate([*schedules, (main, left)], start=1):
            if (warmup := getattr(schedule, "warmup", 0)) >= length:
                raise ValueError(
                    f"a warm-up of {warmup:g} epochs in stage {number}, expected less than its "
                    f"epochs, {length}"
                )
        return value

    on_collapse: Literal["warn", "stop", "restart"] = "warn"
    """Action when a transformer collapses, so that V is blank or theta is the same for all images:
    `warn`, `stop` (with exit code 5), or `restart` (with other random weights, at most five
    times). It is checked after each epoch."""

    ema: Annotated[float, Field(gt=0, lt=1)] | None = None
    """Momentum of an exponential moving average of the weights, updated in every step; null for no
    average. Validation, `eval` and `inspect` use the average. Training uses the weights
    themselves."""

    patience: Annotated[int, Field(ge=1, le=MAX_EPOCHS)] | None = None
    """Number of epochs without a better validation accuracy after which the training stops; null to
    train all epochs."""

    checkpoint_every: Interval | None = "300 seconds"
    """Interval of checkpoints within an epoch, such as `300 seconds` or `500 steps`; null for no
    checkpoints within an epoch. At the end of every epoch, a checkpoint is always saved."""

    snapshots: Annotated[int, Field(ge=0, le=MAX_SNAPSHOTS)] = 8
    """Number of validation images whose theta is kept after each epoch, for `inspect --epochs`; 0
    for none. The training does not depend on it."""

    report: bool = False
    """Whether report.html is written again after each epoch, with the results on the validation
    images. The training does not depend on it."""

    sinks: Annotated[tuple[Annotated[str, one_of(SINKS)], ...], AfterValidator(distinct)] = ()
    """Programs that get the metrics of each epoch: `csv`, `tensorboard`, `mlflow` and `wandb`. The
    training does not depend on them, and does not wait for them."""

    threads: Annotated[int, Field(ge=1, le=256)] = 2
    """Number of CPU threads of the training. It is the same on every machine, because it changes
    the last bits of the results."""

    precision: Literal["float32", "bfloat16"] = "float32"
    """Precision of convolutions, pools and activations: `float32`, or `bfloat16`, which is faster
    on processors and GPUs with instructions for it. Weights, theta, sampling grids, dense layers
    and the loss always have float32."""

    distribute: Literal["data_parallel"] | None = None
    """`data_parallel` to divide each batch among the devices of one or more processes, on JAX; null
    for one device."""

    @property
    def num_slots(self) -> int:
        """Number of values that the optimizer stores for each weight."""
        return OPTIMIZERS[self.optimizer].num_slots + bool(self.momentum)
