import numpy as np
import pytest
from scipy.special import softmax

from stnctl.config.load import parse_config
from stnctl.data.dataset import Dataset
from stnctl.evaluation.distortion_sweep import Sweep
from stnctl.evaluation.pose_search import COMBINATIONS, PoseSearch, search_poses
from stnctl.models.job import Job
from stnctl.runs.directory import RunDirectory
from tests.data.distortions.examples import noise
from tests.given_outputs import loaded_with

pytestmark = pytest.mark.usefixtures("keras_backend")

N = 12
QUARTERS = Sweep("rotation", (0.0, 90.0, 180.0))


def corner(U):
    """Logits of a network that is certain where the top left corner is bright."""
    bright = U[:, :3, :3].mean(axis=(1, 2, 3))
    return np.stack([0 * bright, 10 * bright, 1 + 0 * bright], axis=1).astype("float32")


@pytest.fixture
def loaded(tmp_path):
    split = noise(N, (9, 9))
    config = parse_config("model: {classifier: {filters: []}}", where="x")
    job = Job(config, Dataset(split, split, split, "noise", "0" * 64, 10))
    return loaded_with(RunDirectory(tmp_path / "x"), job, corner, num_epochs=1)


def expected_of(U):
    """Return the probabilities of all quarter turns, (3, N, 3), by `numpy.rot90`."""
    return np.stack([softmax(corner(np.rot90(U, k, axes=(1, 2))), axis=1) for k in range(3)])


def test_search_keeps_the_most_confident_prediction(loaded):
    examples = loaded.examples("test")
    found = search_poses(loaded, examples, PoseSearch("", QUARTERS, "confident"))
    every = expected_of(examples.inputs(np.arange(N)))
    best = every.max(axis=2).argmax(axis=0)
    assert len(set(best.tolist())) > 1
    np.testing.assert_allclose(np.exp(found), every[best, np.arange(N)], rtol=1e-3)


def test_search_averages_probabilities(loaded):
    examples = loaded.examples("test")
    done = []
    found = search_poses(
        loaded,
        examples,
        PoseSearch("", QUARTERS, "mean"),
        lambda count, total: done.append((count, total)),
    )
    every = expected_of(examples.inputs(np.arange(N)))
    np.testing.assert_allclose(np.exp(found), every.mean(axis=0), rtol=1e-3)
    assert done[-1] == (3 * N, 3 * N)


@pytest.mark.parametrize("name", COMBINATIONS)
def test_combinations_of_one_value_are_its_predictions(name):
    shares = np.log(softmax(np.random.default_rng(0).normal(size=(1, 5, 4)), axis=2))
    np.testing.assert_allclose(COMBINATIONS[name](shares), shares[0], rtol=1e-12)
