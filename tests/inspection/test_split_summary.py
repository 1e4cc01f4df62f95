import numpy as np
import pytest

from stnctl.geometry import warp
from stnctl.inspection.split_summary import summarize_split
from tests.inspection.networks import INNER, SEQUENCE, SHIFTED, job_of, loaded, model_of

pytestmark = pytest.mark.usefixtures("keras_backend")

ANGLE = np.pi / 6


def summary_of(folder, model, *thetas, overrides=()):
    job = job_of(folder, model)
    return job, summarize_split(loaded(job, model_of(job, *thetas)), job.examples("test"))


def test_summary_has_the_means_of_the_classes(tmp_path):
    job, summary = summary_of(tmp_path, {}, SHIFTED)
    examples = job.examples("test")
    U = examples.inputs(np.arange(len(examples)))
    V = warp(U, np.tile(np.float32(SHIFTED), (len(U), 1)))
    [transformer] = summary.transformers
    for label in np.unique(examples.labels):
        own = examples.labels == label
        np.testing.assert_allclose(summary.class_means[label], U[own].mean(0), atol=1e-5)
        np.testing.assert_allclose(transformer.class_means[label], V[own].mean(0), atol=1e-5)
    missing = sorted(set(range(job.num_classes)) - set(examples.labels.tolist()))
    assert not summary.class_means[missing].any()
    assert summary.logits.shape == (len(examples), job.num_classes)
    assert transformer.title == "affine"
    assert transformer.alignments == []  # the images are not distorted


def test_summary_composes_transformers_in_sequence(tmp_path):
    _, summary = summary_of(tmp_path, SEQUENCE, [ANGLE], [0.5, 0.0, 0.0])
    _, second = summary.transformers
    turned = [[np.cos(ANGLE), -np.sin(ANGLE)], [np.sin(ANGLE), np.cos(ANGLE)]]
    np.testing.assert_allclose(second.poses[0, :2, :2], 0.5 * np.array(turned), atol=1e-5)


def test_summary_leaves_out_transformers_of_features(tmp_path):
    _, summary = summary_of(tmp_path, INNER, SHIFTED)
    assert summary.transformers == []
