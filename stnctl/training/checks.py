"""Checks of a training that need its data. Keras is not loaded."""

from dataclasses import replace

from stnctl.config.stages import stages_of
from stnctl.data.penalized_examples import PenalizedExamples
from stnctl.errors import ConfigError, ConfigProblem
from stnctl.models.job import Job
from stnctl.training.class_weights import check_class_weights
from stnctl.training.sinks.sink_callback import check_sinks


def check_training(job: Job) -> None:
    """Check that class weights, stages and penalties fit the data and the network.

    Raises:
        ConfigError: If there are more or fewer weights than classes, a stage changes the size or
            the classes of the images, or a penalty does not fit the data or the network.
        UsageError: If a sink needs a package that is not installed.
    """
    check_class_weights(job)
    check_sinks(job.config)
    stages = stages_of(job.config.train)
    for stage in stages:
        path = "train" if stage is stages[-1] else f"train.stages[{stage.index}]"
        own = job.in_stage(stage)
        _check_images(job, own, path)
        _check_penalties(own, path)


def _check_images(job: Job, own: Job, path: str) -> None:
    """Check that the training images of a stage have the shape and the classes of the job."""
    wanted, given = (
        f"{'x'.join(map(str, each.input_shape))} with {each.num_classes} classes"
        for each in (job, own)
    )
    if given != wanted:
        problem = f"expected images of {wanted}, as with data.distortion"
        raise ConfigError(ConfigProblem(problem, got=given, path=f"{path}.distortion"))
    own.examples("train")


def _check_penalties(job: Job, path: str) -> None:
    """Check the penalties of a stage."""
    penalties = job.config.train.penalties
    if not penalties.names:
        return
    try:
        if not job.network.input_transformers:
            problem = "needs a transformer that samples the input image, not a map of features"
            raise ConfigError(ConfigProblem(problem, path=penalties.names[0]))
        PenalizedExamples(job.examples("train"), penalties, 0).check()
    except ConfigError as error:
        [found] = error.problems
        where = f"{path}.penalties.{found.path}"
        raise ConfigError(replace(found, path=where)) from error
