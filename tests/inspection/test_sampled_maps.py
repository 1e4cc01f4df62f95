import json

import numpy as np
import pytest

from stnctl.inspection.sampled_maps import sampled_maps
from tests.inspection.networks import (
    BRANCHES,
    HALF,
    INDICES,
    QUARTER_TURN,
    ROTATED,
    SEQUENCE,
    SHIFTED,
    STEPS,
    inspected,
    job_of,
    transformer,
)

POOLED = {"transformer": [transformer("rotation", pool=2), transformer("attention")]}


@pytest.mark.parametrize(
    ("model", "thetas"),
    [
        ({"transformer": transformer(output_size=[5, 7], padding="border")}, [ROTATED]),
        (SEQUENCE, [QUARTER_TURN, HALF]),
        (POOLED, [QUARTER_TURN, HALF]),
        (STEPS, [ROTATED]),
    ],
    ids=["one", "sequence", "pooled", "steps"],
)
def test_sampled_maps_are_those_of_the_network(model, thetas, tmp_path, keras_backend):
    job = job_of(tmp_path, model)
    expected = inspected(job, *thetas)
    U = job.examples("test").inputs(INDICES)
    given = {maps.transformer.name: maps.theta for maps in expected.transformers}
    found = sampled_maps(job, U, given)
    assert [maps.title for maps in found] == [maps.title for maps in expected.transformers]
    for maps, known in zip(found, expected.transformers, strict=True):
        np.testing.assert_allclose(maps.U, known.U, atol=1e-5)
        np.testing.assert_allclose(maps.grid, known.grid, atol=1e-5)
        np.testing.assert_allclose(maps.V, known.V, atol=1e-5)


def test_sampled_maps_leave_out_features(tmp_path):
    """A transformer of a map of features has no U without Keras."""
    features = {
        "transformer": None,
        "classifier": [{"layer": "conv", "filters": 3}, transformer("rotation")],
    }
    job = job_of(tmp_path, json.loads(json.dumps(features)))
    U = job.examples("test").inputs(INDICES)
    assert sampled_maps(job, U, {}) == []


def test_sampled_maps_of_branches(tmp_path):
    job = job_of(tmp_path, BRANCHES)
    U = job.examples("test").inputs(INDICES)
    names = [each.name for each in job.network.transformers]
    thetas = {
        name: np.array([theta] * len(INDICES))
        for name, theta in zip(names, (SHIFTED, QUARTER_TURN), strict=True)
    }
    first, second = sampled_maps(job, U, thetas)
    np.testing.assert_array_equal(first.U, U)
    np.testing.assert_allclose(second.V, np.rot90(U, 1, axes=(1, 2)), atol=1e-6)
