"""Networks of all combinations of options: they train, are saved and inspected, or are refused."""

import re

import numpy as np
import pytest

from stnctl.config.load import load_config, locating_problems
from stnctl.data.dataset import Dataset, Split
from stnctl.errors import ConfigError
from stnctl.evaluation.loaded_run import LoadedRun
from stnctl.inspection.examples import read_examples
from stnctl.models.job import Job
from stnctl.models.state import restore_training_state, training_state_of
from stnctl.runs.directory import RunDirectory
from stnctl.training.setup import make_model
from tests.models.network_combinations import combinations, config_text, name_of

SIDE, COUNT, STEPS, SHARE = 16, 48, 10, 20
PLACE = re.compile(r"net\.yaml:\d+:\d+: [a-z_.0-9\[\]]+: .+")
QUICK = ("nearest", "bilinear")


def by_default(index, row):
    """Return whether a combination is one of the few by default; these compile quickly."""
    slow = row["transform"] == "diffeomorphic_affine" or row["interpolation"] not in QUICK
    return index % SHARE == 0 and not slow


ROWS = [
    pytest.param(row, id=name_of(row), marks=() if by_default(index, row) else pytest.mark.slow)
    for index, row in enumerate(combinations())
]


pytestmark = pytest.mark.usefixtures("eager")


@pytest.fixture(scope="module")
def dataset():
    """Return bright squares at ten places; the place is the class."""
    generator = np.random.default_rng(0)
    labels = np.arange(COUNT) % 10
    images = generator.integers(0, 60, (COUNT, SIDE, SIDE, 1), np.uint8)
    for image, label in zip(images, labels, strict=True):
        row, column = 2 + 7 * (label // 5), 1 + 3 * (label % 5)
        image[row : row + 4, column : column + 3] = 255
    split = Split(images, labels)
    return Dataset(split, split, split, "squares", "", 10)


@pytest.mark.parametrize("row", ROWS)
def test_combination(row, dataset, tmp_path):
    """The loss falls, a restored network has equal outputs, and each transformer is inspected."""
    path = tmp_path / "net.yaml"
    path.write_text(config_text(row), encoding="utf-8")
    try:
        with locating_problems(path):
            job = Job(load_config(path), dataset)
            job.check_network()
    except ConfigError as error:
        for line in str(error).splitlines():
            assert PLACE.search(line), line
        return
    model, examples = make_model(job), job.examples("train")
    U, labels = examples.inputs(np.arange(COUNT)), examples.labels
    losses = [float(model.train_on_batch(U, labels)) for _ in range(STEPS)]
    assert np.isfinite(losses).all()
    assert min(losses[-3:]) < max(losses[:3]), losses
    other = make_model(job)
    restore_training_state(other, training_state_of(model))
    loaded, again = (LoadedRun(RunDirectory(tmp_path), job, each, 1) for each in (model, other))
    indices = np.arange(4)
    inspected, restored = (read_examples(each, examples, indices) for each in (loaded, again))
    assert inspected.items == restored.items
    assert len(inspected.transformers) == len(job.network.transformers) > 0
    for maps in inspected.transformers:
        assert maps.V.shape[1:3] == maps.grid.shape[1:3] == maps.transformer.V.shape[:2]
        assert np.isfinite(maps.V).all()
