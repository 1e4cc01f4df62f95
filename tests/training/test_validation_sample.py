import numpy as np
import pytest

from stnctl.evaluation.alignment import drawn_poses
from stnctl.training import validation_sample
from stnctl.training.validation_sample import ValidationSample, spread_indices
from tests.tiny import make_job


@pytest.mark.usefixtures("keras_backend")
def test_sample(tmp_path, monkeypatch):
    """The images of a smaller sample, such as the snapshots, are among those of a larger one."""
    monkeypatch.setattr(validation_sample, "SIZE", 5)
    sample = ValidationSample(make_job(tmp_path, "data.distortion=R", "train.snapshots=4"))
    assert len(sample.indices) == 5
    np.testing.assert_array_equal(
        sample.spread(4), sample.indices[np.isin(sample.indices, sample.spread(4))]
    )
    np.testing.assert_array_equal(sample.inputs, sample.examples.inputs(sample.indices))
    np.testing.assert_array_equal(sample.drawn, drawn_poses(sample.examples)[sample.indices])


@pytest.mark.usefixtures("keras_backend")
def test_sample_has_the_snapshots(tmp_path, monkeypatch):
    monkeypatch.setattr(validation_sample, "SIZE", 2)
    sample = ValidationSample(make_job(tmp_path, "train.snapshots=4"))
    assert len(sample.indices) == 4
    assert sample.drawn is None


def test_spread_indices():
    labels = np.array([3, 3, 3, 3, 1, 1, 0, 2])
    for seed in range(20):
        indices = spread_indices(labels, 6, seed)
        assert sorted(set(indices)) == sorted(indices)
        assert labels[indices].tolist() in ([0, 1, 1, 2, 3, 3],)
    assert {tuple(spread_indices(labels, 2, seed)) for seed in range(20)} > {(6, 7)}
    np.testing.assert_array_equal(spread_indices(labels, 5, 7), spread_indices(labels, 5, 7))
