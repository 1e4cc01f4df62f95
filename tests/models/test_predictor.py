"""Predictions in parts of a batch: the results of the whole batch, but for rounding."""

import gc

import numpy as np
import pytest

from stnctl.config.load import parse_config
from stnctl.models import backend
from stnctl.models import predictor as predictors
from stnctl.models.build import build_model, with_theta
from stnctl.models.network import trace_network
from stnctl.models.predictor import predictor

pytestmark = pytest.mark.usefixtures("keras_backend")

SHAPE = (12, 12, 1)


@pytest.fixture(name="model")
def small_stn():
    overrides = ["model.transformer={localization: {filters: [4]}}"]
    config = parse_config("", where="x", overrides=overrides)
    return build_model(config, trace_network(config.model, SHAPE, 3))


@pytest.mark.parametrize("size", [12, 11, 1])
@pytest.mark.parametrize("threads", [1, 2, 4])
def test_predictor(monkeypatch, model, size, threads):
    monkeypatch.setattr(backend, "_started_threads", [threads])
    U = np.random.default_rng(0).random((size, *SHAPE), "float32")
    outputs = predictor(model)(U)
    np.testing.assert_allclose(outputs, model.predict_on_batch(U), rtol=1e-4, atol=1e-6)
    named = predictor(with_theta(model))(U)
    assert {name: each.shape for name, each in named.items()} == {
        "logits": (size, 3),
        "spatial_transformer/theta": (size, 6),
    }
    np.testing.assert_allclose(named["logits"], outputs, rtol=1e-4, atol=1e-6)


def test_predictor_is_kept_with_its_model():
    config = parse_config("", where="x")
    model = build_model(config, trace_network(config.model, (28, 28, 1), 3))
    assert predictor(model) is predictor(model)
    kept = len(predictors._predictors)
    del model
    gc.collect()
    assert len(predictors._predictors) < kept
