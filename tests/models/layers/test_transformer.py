"""Options of the layer `transformer`: steps, parallel, pool, noise, fed theta, shared layers."""

from typing import Any

import keras
import numpy as np
import pytest

from stnctl.geometry import TRANSFORMS, compose, warp
from stnctl.models.build import keras_model, with_intermediates
from stnctl.models.state import weights_of
from tests.models.small import built, traced

pytestmark = pytest.mark.usefixtures("eager")

SIDE = 9
FIRST, SECOND = "spatial_transformer", "spatial_transformer_2"


@pytest.fixture
def square():
    """Return U (2, 9, 9, 1), random inside a border of two pixels of zeros."""
    U = np.zeros((2, SIDE, SIDE, 1), "float32")
    U[:, 2:-2, 2:-2] = np.random.default_rng(0).uniform(size=(2, 5, 5, 1))
    return U


def model_of(keys, classifier="[]", shape=(SIDE, SIDE, 1)):
    transformer = f"{{{keys}, localization: {{filters: [2]}}}}"
    return built(f"{{transformer: {transformer}, classifier: {classifier}}}", shape)


def set_theta(model, **thetas):
    """Set the bias of heads, whose kernels start at zero."""
    for name, theta in thetas.items():
        layer = model.get_layer(name)
        layer.set_weights([layer.get_weights()[0], np.array(theta, "float32")])


def results(model, U):
    return {name: np.array(array) for name, array in with_intermediates(model)(U).items()}


@pytest.mark.parametrize("transform", ["rigid", "similarity", "affine", "projective"])
def test_steps_warp_the_previous_result(transform, square):
    """A quarter turn, then a shift by two pixels down: as two warps, without composition."""
    turn = {"rigid": [np.pi / 2, 0, 0], "similarity": [1, np.pi / 2, 0, 0]}
    shift = {"rigid": [0, 0, -0.5], "similarity": [1, 0, 0, -0.5]}
    turn["affine"], shift["affine"] = [0, -1, 0, 1, 0, 0], [1, 0, 0, 0, 1, -0.5]
    for thetas in (turn, shift):
        thetas["projective"] = [*thetas["affine"], 0, 0]
    model = model_of(f"transform: {transform}, steps: 2, localizers: separate")
    set_theta(model, theta=turn[transform], theta_2=shift[transform])
    found = results(model, square)
    V = square
    for name, theta in ((FIRST, turn[transform]), (SECOND, shift[transform])):
        V = warp(V, np.float32([theta] * 2), transform=transform)
        np.testing.assert_allclose(found[f"{name}/V"], V, rtol=0, atol=1e-5)
        np.testing.assert_array_equal(found[f"{name}/U"], square)
    expected = np.zeros_like(square)
    expected[:, 2:] = np.rot90(square, axes=(1, 2))[:, :-2]
    np.testing.assert_allclose(V, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ("keys", "family"),
    [
        ("transform: rotation", TRANSFORMS["affine"]),
        ("transform: diffeomorphic_affine", TRANSFORMS["affine"]),
        ("transform: projective", TRANSFORMS["projective"]),
    ],
)
def test_steps_compose_matrices(keys, family, square):
    """Each step samples the original U by the product of all matrices so far."""
    model = model_of(f"{keys}, steps: 3, localizers: separate, head: sigmoid")
    found = results(model, square)
    own: Any = TRANSFORMS[keys.split()[1]]
    names = ["theta", "theta_2", "theta_3"]
    heads = keras.Model(model.input, [model.get_layer(name).output for name in names])
    matrices = [own.matrix(np.float64(theta)) for theta in heads(square)]
    for step, name in enumerate((FIRST, SECOND, "spatial_transformer_3")):
        expected = compose(*matrices[: step + 1])
        theta = found[f"{name}/theta"]
        matrix = (family if step else own).matrix(np.float64(theta))
        np.testing.assert_allclose(matrix, expected / expected[:, 2:, 2:], rtol=1e-4, atol=1e-5)
        V = warp(
            square, theta, transform="affine" if step and theta.shape[1] == 6 else keys.split()[1]
        )
        np.testing.assert_allclose(found[f"{name}/V"], V, rtol=0, atol=1e-4)


def test_steps_of_a_constrained_affine_keep_the_start(square):
    """With constraints, the composed steps also start exactly at the fixed entries."""
    model = model_of("constraints: [[null, 0, null], [0, null, 0.5]], steps: 2")
    found = results(model, square)
    np.testing.assert_array_equal(found[f"{FIRST}/theta"], [[1, 0, 1]] * 2)
    np.testing.assert_array_equal(found[f"{SECOND}/theta"], [[1, 0, 0, 0, 1, 1]] * 2)


def test_steps_start_exactly_at_the_identity(square):
    found = results(model_of("steps: 3"), square)
    for name in (FIRST, SECOND, "spatial_transformer_3"):
        np.testing.assert_array_equal(found[f"{name}/V"], square)


def test_steps_share_a_localizer(square):
    """One network for all steps: its gradients come from each of them."""
    shared, single, separate = (
        model_of(keys) for keys in ("steps: 2", "steps: 1", "steps: 2, localizers: separate")
    )
    assert shared.count_params() == single.count_params() < separate.count_params()
    assert len(shared.get_layer("localization_conv1")._inbound_nodes) == 2
    assert separate.get_layer("localization2_conv1") is not separate.get_layer("localization_conv1")
    set_theta(shared, theta=[1, 0, 0.25, 0, 1, 0])
    found = results(shared, square)
    np.testing.assert_allclose(found[f"{SECOND}/theta"][:, 2], 0.5, rtol=1e-6)


def test_parallel_joins_maps(square):
    model = model_of("parallel: 2, output_size: [5, 7]")
    set_theta(model, theta_2=[1, 0, 0.5, 0, 1, 0])
    found = results(model, square)
    maps = [found[f"{name}/V"] for name in (FIRST, SECOND)]
    assert np.abs(maps[0] - maps[1]).max() > 0.1
    joined = keras.Model(model.input, model.get_layer("transformer_join1").output)(square)
    np.testing.assert_array_equal(joined, np.concatenate(maps, axis=-1))


def test_pool_averages_the_result(square):
    model = model_of("pool: 2")
    V = results(model, square)[f"{FIRST}/V"][:, :8, :8].reshape(2, 4, 2, 4, 2, 1)
    pooled = keras.Model(model.input, model.get_layer("transformer_pool1").output)(square)
    np.testing.assert_allclose(pooled, V.mean(axis=(2, 4)), rtol=1e-6)


def test_theta_noise_is_only_in_training(square):
    """The noise has its own seed, which is in the state of a training."""
    model = model_of("theta_noise: 0.5")
    identity = [TRANSFORMS["affine"].identity()] * 2
    np.testing.assert_array_equal(results(model, square)[f"{FIRST}/theta"], identity)
    assert sum("seed" in name for name in weights_of(model)) == 1
    U = np.repeat(square, 300, axis=0)
    noisy = np.array(with_intermediates(model)(U, training=True)[f"{FIRST}/theta"]) - identity[0]
    np.testing.assert_allclose(noisy.std(axis=0), 0.5, rtol=0.1)
    assert np.abs(np.corrcoef(noisy.T) - np.eye(6)).max() < 0.15


def test_feed_theta_is_an_input_of_the_first_dense_layer(square):
    """The first dense layer takes the flattened map, and the theta of each last step."""
    classifier = "[pool, {layer: dense, units: 3}, {layer: dense, units: 2}]"
    model = model_of("feed_theta: true, parallel: 2, transform: attention", classifier)
    kernel, _ = model.get_layer("classifier_dense1").get_weights()
    assert kernel.shape == (4 * 4 * 2 + 2 * 3, 3)
    assert model.get_layer("classifier_dense2").get_weights()[0].shape == (3, 2)
    joined = keras.Model(model.input, model.get_layer("classifier_join1").output)
    set_theta(model, theta_2=[2, 0, 0.5])
    np.testing.assert_array_equal(joined(square)[:, -6:], [[1, 0, 0, 2, 0, 0.5]] * 2)


def test_feed_theta_without_dense_layers_reaches_the_logits():
    network = traced("{transformer: {feed_theta: true, localization: []}, classifier: [pool]}")
    assert network.nodes[-1].shapes == ((6 * 7 + 6,),)


def test_shares_layers_with_the_classifier(square):
    """A layer is one Keras layer, and a loss of theta alone changes its weights."""
    model = model_of(
        "shares: 2, head: sigmoid", "[{layer: conv, filters: 3, padding: same}, pool, dense]"
    )
    assert len(model.get_layer("classifier_conv1")._inbound_nodes) == 2
    assert model.get_layer("localization_conv1").kernel.shape == (3, 3, 3, 2)
    before = model.get_layer("classifier_conv1").get_weights()[0]
    theta = keras.Model(model.input, model.get_layer("theta").output)
    theta.compile(keras.optimizers.SGD(1.0), "mse", run_eagerly=True)
    theta.train_on_batch(square, np.zeros((2, 6)))
    assert np.abs(model.get_layer("classifier_conv1").get_weights()[0] - before).max() > 1e-6


def test_chain_names_the_transformers_before():
    """Transformers that sample the input, or its V, are in a chain; those of features in none."""
    network = traced(
        "{transformer: [{transform: rotation, localization: []}, {pool: 2, localization: []}], "
        "classifier: [{layer: transformer, localization: []}, {layer: conv, kernel_size: 1}, "
        "{layer: transformer, localization: []}]}"
    )
    assert [each.chain for each in network.transformers] == [
        (),
        (FIRST,),
        (FIRST, SECOND),
        None,
    ]
    assert [each.key for each in network.transformers] == [
        "model.transformer[0]",
        "model.transformer[1]",
        "model.classifier[0]",
        "model.classifier[2]",
    ]
    assert len(keras_model(network).layers) == len(network.nodes) + 1
