"""Training in stages, with penalties: the parts that change, and the same bits after each stop."""

import numpy as np
import pytest

from stnctl.errors import ConfigError
from stnctl.evaluation.batch_prediction import predict
from stnctl.evaluation.classification_metrics import cross_entropy
from stnctl.evaluation.run_loader import load_trained_model
from stnctl.models.predictor import predictor
from stnctl.runs.checkpoint_reader import load_checkpoint
from stnctl.runs.pointers import read_pointer
from stnctl.training.checks import check_training
from tests.tiny import NUM_STEPS, make_job, make_run
from tests.training.test_loop_exact import assert_same_bits, result_of, stop_after, train

pytestmark = pytest.mark.usefixtures("keras_backend", "single_steps")

TEACHER = "{epochs: 1, distortion: {set: R, rotation: [-5, 5]}, freeze: {localization: always}}"
ALIGNER = "{epochs: 1, freeze: {classifier: always}, penalties: {consistency: {}, inside: 1}}"
KEYS = (
    "data.distortion=R",
    "train.ema=0.9",
    "train.epochs=3",
    "train.penalties={supervised: 1}",
    f"train.stages=[{TEACHER}, {ALIGNER}]",
)


@pytest.fixture(scope="module")
def staged(tmp_path_factory):
    """Return a job with stages, and the run of its uninterrupted training."""
    folder = tmp_path_factory.mktemp("staged")
    job = make_job(folder, *KEYS)
    run = make_run(job, folder)
    train(job, run)
    return job, run


def weights_after(run, epoch):
    """Return the weights of the model after an epoch, by their names."""
    checkpoint = load_checkpoint(run, epoch * NUM_STEPS)
    return {name: array for name, array in checkpoint.arrays.items() if name.startswith("model/")}


def test_stages_train_their_parts(staged, tmp_path):
    """The teacher stage leaves the localization network, the next one the classifier."""
    job, _ = staged
    run = make_run(job, tmp_path, "kept")
    states = []
    for epoch in range(1, 3):
        stop_after(job, run, epoch * NUM_STEPS, first=(epoch - 1) * NUM_STEPS)
        states.append(weights_after(run, epoch))
    changed = {name for name in states[0] if not np.array_equal(states[0][name], states[1][name])}
    kernels = {name for name in states[0] if name.endswith("kernel")}
    assert {name for name in kernels if "theta" in name or "localization" in name} <= changed
    assert not {name for name in kernels if "classifier" in name or "logits" in name} & changed


def test_stages_stopped_after_each_step(staged, tmp_path):
    """Each step is taken by a new process state, also the first one of a stage."""
    job, whole = staged
    run = make_run(job, tmp_path, "cut")
    for step in range(1, 3 * NUM_STEPS):
        stop_after(job, run, step, first=step - 1)
    train(job, run)
    arrays, rest = result_of(run)
    expected_arrays, expected = result_of(whole)
    assert_same_bits(arrays, expected_arrays)
    assert rest["rows"] == expected["rows"]


def test_stages_evaluate_the_averages_of_their_checkpoint(staged, tmp_path):
    """Each stage averages the weights that it trains; the loss is that of the training."""
    job, whole = staged
    run = make_run(job, tmp_path, "evaluated")
    stop_after(job, run, NUM_STEPS + 1)
    examples = job.examples("validation", compiled=True)
    for each, epochs in ((run, {1}), (whole, {1, 2, 3})):
        best = read_pointer(each, "best")
        assert best["epoch"] in epochs
        model, _ = load_trained_model(each, job, "best")
        loss = cross_entropy(predict(predictor(model), examples), examples.labels).mean()
        assert loss == pytest.approx(best["loss"], rel=1e-6)


@pytest.mark.parametrize(
    ("keys", "path", "problem"),
    [
        (
            ["train.stages=[{epochs: 1, distortion: RTS}]"],
            "train.stages[0].distortion",
            "expected images of 12x12x1 with 10 classes, .*, got 42x42x1 with 10",
        ),
        (
            ["train.stages=[{epochs: 1, penalties: {supervised: 1}}]"],
            "train.stages[0].penalties.supervised",
            "needs examples with one distorted image each",
        ),
        (
            ["train.penalties={consistency: {distortion: T}}"],
            "train.penalties.consistency.distortion",
            "must keep the canvas of 12x12",
        ),
        (
            [
                "model.transformer=null",
                "model.classifier=[conv, {layer: transformer, localization: [{layer: dense}]}]",
                "train.penalties={identity: 1}",
            ],
            "train.penalties.identity",
            "needs a transformer that samples the input image",
        ),
    ],
)
def test_check_training_names_the_key(tmp_path, keys, path, problem):
    job = make_job(tmp_path, *keys)
    with pytest.raises(ConfigError, match=problem) as caught:
        check_training(job)
    assert caught.value.problems[0].path == path


def test_check_training_of_fitting_stages(staged):
    check_training(staged[0])
