import keras
import numpy as np
import pytest
from scipy.special import log_softmax

from stnctl.config.load import parse_config
from stnctl.training.optimizer import compile_model
from tests.models.small import small_model
from tests.training.formulas import OPTIMIZED, RATE, trained, two_layers

pytestmark = pytest.mark.usefixtures("keras_backend")


def compiled(*overrides, num_steps=4):
    model = small_model()
    compile_model(model, parse_config("", where="x", overrides=overrides).train, num_steps)
    return model


def test_compile_model_default_optimizer():
    optimizer = compiled().optimizer
    assert isinstance(optimizer, keras.optimizers.Adam)
    assert float(optimizer.learning_rate) == pytest.approx(0.001)
    assert not optimizer.use_ema


def test_compile_model_builds_the_optimizer():
    """The slots exist before the first step, so that a state can be restored."""
    model = compiled("train.ema=0.5")
    assert len(model.optimizer.variables) == 2 + 3 * len(model.trainable_variables)


@pytest.mark.parametrize("keys", OPTIMIZED)
def test_compile_model_updates_as_the_formula(keys):
    formula, options = OPTIMIZED[keys]
    before, after, gradients = trained(*(f"train.{key}" for key in keys.split()))
    for index, weight in enumerate(before):
        expected = formula(weight, [each[index] for each in gradients], [RATE] * 5, **options)
        np.testing.assert_allclose(after[index], expected, rtol=1e-4, atol=1e-5)


def test_compile_model_clips_the_norm_of_all_gradients():
    before, after, [gradients] = trained(
        "train.optimizer=sgd", "train.clip_norm=0.5", num_updates=1
    )
    norm = np.sqrt(sum((each**2).sum() for each in gradients))
    assert norm > 0.5
    for old, new, gradient in zip(before, after, gradients, strict=True):
        np.testing.assert_allclose(old - new, RATE * 0.5 * gradient / norm, atol=1e-6)


@pytest.mark.parametrize(
    ("keys", "num_slots"),
    [
        ([], 2),
        (["optimizer=adamw"], 2),
        (["optimizer=sgd"], 0),
        (["optimizer=sgd", "momentum=0.0"], 0),
        (["optimizer=sgd", "momentum=0.9"], 1),
    ],
)
def test_compile_model_has_the_slots_of_the_config(keys, num_slots):
    overrides = [f"train.{key}" for key in keys]
    model = two_layers()
    train = parse_config("", where="x", overrides=overrides).train
    compile_model(model, train, 2)
    assert train.num_slots == num_slots
    assert len(model.optimizer.variables) == 2 + num_slots * len(model.trainable_variables)


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_compile_model_loss(smoothing):
    """The loss has smoothed labels and the weights of the classes."""
    model = two_layers()
    keys = (f"train.label_smoothing={smoothing}", "train.learning_rate=1e-30")
    compile_model(model, parse_config("", where="x", overrides=keys).train, 2)
    model.run_eagerly = True
    rng = np.random.default_rng(0)
    U, labels = rng.normal(size=(6, 3)).astype("float32"), np.array([0, 1, 2, 3, 3, 0])
    log_p = log_softmax(keras.ops.convert_to_numpy(model(U)).astype(float), axis=1)
    target = (1 - smoothing) * np.eye(4)[labels] + smoothing / 4
    for weights in (None, {0: 3.0, 1: 0.5, 2: 0.0, 3: 1.0}):
        logs = model.train_on_batch(U, labels, class_weight=weights, return_dict=True)
        factors = 1 if weights is None else [weights[label] for label in labels]
        expected = (-(target * log_p).sum(axis=1) * factors).mean()
        assert logs["loss"] == pytest.approx(expected, rel=1e-5)
