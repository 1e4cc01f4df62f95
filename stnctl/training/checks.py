"""Checks of a training that need its data. Keras is not loaded."""

from dataclasses import replace

from stnctl.config.stages import stages_of
from stnctl.data.penalized_examples import PenalizedExamples
from stnctl.errors import ConfigError, ConfigProblem
from stnctl.models.job import Job
from stnctl.training.class_weights import check_class_weights


def check_training(job: Job) -> None:
    """Check that class weights, stages and penalties fit the data and the network.

    Raises:
        ConfigError: If there are more or fewer weights than classes, a stage changes the size or
            the classes of the images, or a penalty does not fit the data or the network.
    """
    check_class_weights(job)
    stages = stages_of(job.config.train)
    for stage in stages:
        path = "train" if stage is stages[-1] else f"train.stages[{stage.index}]"
        own = job.in_stage(stage)
        _check_sizes(job, own, path)
        _check_penalties(own, path)


def _check_sizes(job: Job, own: Job, path: str) -> None:
    """Check that the training images of a stage have the shape and the classes of the job."""
    expected, found = ((each.input_shape, each.num_classes) for each in (job, own))
    if found != expected:
        sizes = ("x".join(map(str, shape)) for shape, _ in (found, expected))
        problem = "gives images of {} and {} classes, expected {} and {}, as data.distortion"
        (_, own_classes), (_, classes) = found, expected
        given, wanted = sizes
        raise ConfigError(
            ConfigProblem(
                problem.format(given, own_classes, wanted, classes), path=f"{path}.distortion"
            )
        )
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
