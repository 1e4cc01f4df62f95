"""Steps in groups and in parts: their bits, and their distance from Keras' own step."""

import numpy as np
import pytest

from stnctl.data.penalized_examples import PenalizedExamples
from stnctl.models import stepping
from stnctl.models.penalties import penalty_plan
from stnctl.models.state import training_state_of
from stnctl.models.stepping import KerasStepper, Pace, make_stepper
from stnctl.training.setup import make_model
from tests.tiny import SIDE, make_job

pytestmark = pytest.mark.usefixtures("keras_backend")

NUM_BATCHES, SIZE = 4, 10
RANDOM = np.random.default_rng(0)
U = RANDOM.random((NUM_BATCHES, SIZE, SIDE, SIDE, 1), "float32")
LABELS = RANDOM.integers(0, 10, (NUM_BATCHES, SIZE))
WEIGHTS = RANDOM.random((NUM_BATCHES, SIZE), "float32")


@pytest.fixture(scope="module")
def jobs(tmp_path_factory):
    """Return jobs with dropout, and with a penalty and smoothed labels."""
    folder = tmp_path_factory.mktemp("jobs")
    penalty = "model.transformer.localization.bottleneck={units: 3, activity_l2: 0.5}"
    plain = "model.classifier.dropout=0.0"
    return {
        "dropout": make_job(folder),
        "penalty": make_job(folder, plain, penalty, "train.label_smoothing=0.1"),
    }


def train(job, make, groups, *, weighted=False, size=SIZE):
    """Train in groups of steps; return the results of all steps, and the training state."""
    model = make_model(job)
    stepper = make(model)
    results, first = [], 0
    for count in groups:
        chosen = slice(first, first + count)
        arrays = {"U": U, "labels": LABELS} | ({"weights": WEIGHTS} if weighted else {})
        results.append(stepper({name: each[chosen, :size] for name, each in arrays.items()}))
        first += count
    return np.concatenate(results), training_state_of(model)


@pytest.mark.parametrize("name", ["dropout", "penalty"])
@pytest.mark.parametrize("weighted", [False, True])
def test_stepper_has_the_same_bits_in_any_groups(jobs, name, weighted):
    def make(model):
        return make_stepper(model, jobs[name].network)

    states = [
        train(jobs[name], make, groups, weighted=weighted)
        for groups in ((4,), (1, 3), (1, 1, 1, 1), (2, 2))
    ]
    for results, state in states[1:]:
        np.testing.assert_array_equal(results, states[0][0])
        for key, array in states[0][1].items():
            np.testing.assert_array_equal(state[key], array, err_msg=key)


@pytest.mark.parametrize("size", [SIZE, SIZE - 1])
@pytest.mark.parametrize("weighted", [False, True])
def test_stepper_equals_keras(jobs, weighted, size):
    """The batch of 10 is in two parts, that of 9 is whole."""
    job = jobs["penalty"]
    results, state = train(
        job,
        lambda model: make_stepper(model, job.network),
        (NUM_BATCHES,),
        weighted=weighted,
        size=size,
    )
    expected, keras_state = train(
        job,
        lambda model: KerasStepper(model, job.network),
        (1,) * NUM_BATCHES,
        weighted=weighted,
        size=size,
    )
    np.testing.assert_allclose(results, expected, rtol=1e-4)
    assert state.keys() == keras_state.keys()
    for key, array in keras_state.items():
        np.testing.assert_allclose(state[key], array, rtol=1e-3, atol=1e-4, err_msg=key)


@pytest.fixture(scope="module")
def penalized(tmp_path_factory):
    """Return a job with penalties, its plan, and arrays of one step for them."""
    keys = (
        "model.classifier.dropout=0.0",
        "data.distortion=R",
        "train.penalties={consistency: {}, supervised: 0.5, congeal: 2, identity: 1, inside: 1}",
    )
    job = make_job(tmp_path_factory.mktemp("penalized"), *keys)
    examples = PenalizedExamples(job.examples("train"), job.config.train.penalties, 0)
    arrays = examples.arrays(np.arange(SIZE))
    return job, penalty_plan(job), {name: each[None] for name, each in arrays.items()}


@pytest.mark.parametrize("kind", [make_stepper, KerasStepper])
def test_stepper_adds_penalties(penalized, kind):
    """The loss is the cross-entropy and the penalties, and theta moves."""
    job, plan, arrays = penalized
    model = make_model(job)
    bias = model.get_layer("theta").get_weights()[1]
    logits = model(arrays["U"][0]).numpy()
    plain = float(model.loss(arrays["labels"][0], logits))
    [[loss, _]] = kind(model, job.network, plan)(arrays)
    maps = np.tile(np.eye(3), (SIZE, 1, 1))  # the identity, with which the head starts
    drawn, change = (maps.copy() for _ in range(2))
    for found, name in ((drawn, "drawn0"), (change, "change0")):
        found[:, :2] = arrays[name][0].reshape(-1, 2, 3)
    apart = [((moved(each) - moved(maps)) ** 2).sum(axis=-1).mean() for each in (change, drawn)]
    V = arrays["U"][0].reshape(SIZE, -1)
    spread = differences(V, arrays["labels"][0], kind is make_stepper)
    assert loss == pytest.approx(plain + apart[0] + 0.5 * apart[1] + 2 * spread, rel=1e-4)
    assert not np.array_equal(model.get_layer("theta").get_weights()[1], bias)


def moved(maps):
    lattice = np.stack(np.meshgrid(*[np.linspace(-1, 1, 5)] * 2), axis=-1).reshape(-1, 2)
    return lattice @ np.swapaxes(maps[:, :2, :2], 1, 2) + maps[:, None, :2, 2]


def differences(V, labels, in_parts):
    """Return the mean squared difference from the mean of a class, in each half of the batch."""
    halves = np.split(np.arange(SIZE), 2 if in_parts else 1)
    means = []
    for half in halves:
        same = labels[half][:, None] == labels[half]
        means.append(((V[half] - same @ V[half] / same.sum(axis=1)[:, None]) ** 2).mean())
    return np.mean(means)


def test_make_stepper_keeps_it_with_the_model(jobs):
    job = jobs["penalty"]
    model = make_model(job)
    assert make_stepper(model, job.network) is make_stepper(model, job.network)


def test_pace():
    pace = Pace()
    assert pace.num_steps == 1
    for seconds, num_steps in ((1.0, 1), (stepping.CALL_SECONDS / 4, 4), (5.0, 1)):
        pace.add(seconds)
        assert pace.num_steps == num_steps
    pace.add(0.0)
    assert pace.num_steps > 1000
