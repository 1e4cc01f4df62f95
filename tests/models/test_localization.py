import keras
import numpy as np
import pytest

from stnctl.config.layer_lists import TransformerConfig
from stnctl.geometry import TRANSFORMS
from stnctl.models.localization import localize
from stnctl.models.theta import configured_transform
from tests.models.small import BOUNDED, FAMILIES, RESIDUAL, SIGMOID, name_of, part


def build(**keys):
    config = TransformerConfig(**{"localization": RESIDUAL, **keys})
    return part(lambda U, scope: localize(U, config, scope.named("localization")))


@pytest.mark.parametrize("head", [{}, BOUNDED], ids=["residual", "bounded"])
@pytest.mark.parametrize("family", FAMILIES, ids=name_of)
def test_localize_starts_at_the_identity(family, head, input_map):
    """These heads start exactly at the identity, for any U."""
    theta = build(**head, **family)(input_map * 1e3)
    identity = configured_transform(TransformerConfig(**family)).identity()
    np.testing.assert_array_equal(theta, np.float32([identity] * 3), strict=True)


@pytest.mark.parametrize("transform", ["rotation", "rigid", "similarity"])
def test_localize_unit_starts_at_the_identity(transform, input_map):
    theta = build(head="unit", transform=transform)(input_map * 1e3)
    identity = TRANSFORMS[transform].identity()
    np.testing.assert_array_equal(theta, np.float32([identity] * 3), strict=True)


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        (None, TRANSFORMS["rigid"].bounds),
        (((-0.1, 0.2), (-0.5, 1.0), (-3, 3)), ((-0.1, 0.2), (-0.5, 1.0), (-3, 3))),
    ],
)
def test_localize_bounded_stays_within_bounds(bounds, expected, input_map):
    """Large outputs of the dense layer give the bounds of theta."""
    model = build(**BOUNDED, bounds=bounds, transform="rigid")
    kernel, bias = model.get_layer("theta_raw").get_weights()
    for side, sign in enumerate([-1, 1]):
        model.get_layer("theta_raw").set_weights([kernel, bias + sign * 100])
        limits = np.float32(expected)[:, side]
        np.testing.assert_allclose(model(input_map), [limits] * 3, rtol=1e-6)


@pytest.mark.parametrize("head", ["residual", "bounded", "sigmoid", "unit"])
def test_localize_half_precision(head, half, input_map):
    """Theta stays in float32 under a policy of half precision."""
    model = build(head=head, transform="similarity")
    assert model.get_layer("localization_flatten").output.dtype == half
    theta = model(input_map)
    assert theta.dtype == model.output.dtype == "float32"
    assert np.isfinite(theta).all()


def test_localize_sigmoid(input_map):
    """Each parameter is between 0 and 1, and theta starts far from the identity."""
    model = build(**SIGMOID)
    theta = model.predict(input_map, verbose=0)
    assert theta.shape == (3, 6)
    assert (theta > 0).all()
    assert (theta < 1).all()
    assert np.abs(theta - TRANSFORMS["affine"].identity()).max() > 0.25
    assert model.get_layer("theta").activation is keras.activations.sigmoid


def test_localize_bottleneck(input_map):
    model = build()
    bottleneck = model.get_layer("localization_bottleneck")
    assert bottleneck.units == RESIDUAL.bottleneck.units
    assert bottleneck.activation is keras.activations.tanh
    model(input_map)
    features = keras.Model(model.input, bottleneck.output)(input_map)
    penalty = RESIDUAL.bottleneck.activity_l2 * np.square(features).sum() / len(input_map)
    np.testing.assert_allclose(model.losses, [penalty], rtol=1e-6)


def test_localize_without_bottleneck(input_map):
    model = build(**SIGMOID)
    assert [layer.name for layer in model.layers[-2:]] == ["localization_flatten", "theta"]
    model(input_map)
    assert model.losses == []
