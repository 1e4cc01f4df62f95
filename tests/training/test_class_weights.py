import numpy as np
import pytest

from stnctl.errors import ConfigError
from stnctl.training.class_weights import check_class_weights, class_weights_of
from tests.tiny import make_job


def test_class_weights_of_no_weights(job):
    check_class_weights(job)
    assert class_weights_of(job) is None


def test_class_weights_of_a_list(tmp_path):
    weights = [0.0, 2.0, *[1.0] * 8]
    job = make_job(tmp_path, f"train.class_weights={weights}")
    check_class_weights(job)
    assert class_weights_of(job).tolist() == weights


@pytest.mark.parametrize("distortion", ["none", "addition"])
def test_class_weights_of_balanced(tmp_path, distortion):
    """All classes have the same total weight, and an image has the mean weight 1."""
    job = make_job(tmp_path, "train.class_weights=balanced", f"data.distortion={distortion}")
    weights = class_weights_of(job)
    labels = job.examples("train").labels
    each = np.array([weights[label] for label in labels])
    assert each.mean() == pytest.approx(1)
    totals = np.bincount(labels, each)
    totals = totals[totals > 0]
    assert len(totals) > 1
    np.testing.assert_allclose(totals, totals[0], rtol=1e-6)
    assert len(set(weights.tolist())) > 1
    assert (weights[np.bincount(labels, minlength=job.num_classes) == 0] == 1).all()


def test_check_class_weights_rejects_another_number(tmp_path):
    job = make_job(tmp_path, "train.class_weights=[1.0, 2.0]")
    with pytest.raises(ConfigError, match=f"expected {job.num_classes} weights, .*, got 2"):
        check_class_weights(job)
