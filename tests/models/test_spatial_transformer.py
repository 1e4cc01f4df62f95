import json

import keras
import numpy as np
import pytest

from stnctl.geometry import TRANSFORMS, warp
from stnctl.models.spatial_transformer import SpatialTransformer

ARGUMENTS = {
    "transform": "affine",
    "output_size": (5, 6),
    "interpolation": "bilinear",
    "padding": "zeros",
    "align_corners": False,
}


def thetas(count):
    offsets = np.random.default_rng(1).uniform(-0.4, 0.4, (count, 6))
    return (TRANSFORMS["affine"].identity() + offsets).astype("float32")


@pytest.mark.parametrize("align_corners", [True, False])
@pytest.mark.parametrize("output_size", [None, (5, 6), (20, 1)])
def test_call_golden_numpy(output_size, align_corners, input_map):
    layer = SpatialTransformer(output_size=output_size, align_corners=align_corners)
    theta = thetas(3)
    V, grid = layer(input_map, theta)
    expected = warp(
        input_map.astype("float64"),
        theta.astype("float64"),
        output_size=output_size,
        align_corners=align_corners,
    )
    size = output_size or (12, 14)
    expected_grid = TRANSFORMS["affine"].grid(theta, size, align_corners=align_corners)
    np.testing.assert_allclose(V, expected, rtol=0, atol=1e-5)
    np.testing.assert_allclose(grid, expected_grid, rtol=0, atol=1e-6)
    assert layer.weights == []


@pytest.mark.parametrize(("output_size", "size"), [(None, (12, 14)), ((5, 6), (5, 6))])
def test_compute_output_shape_preset(output_size, size):
    """The symbolic shapes, with an unknown batch, are those of real arrays."""
    layer = SpatialTransformer(output_size=output_size)
    V, grid = layer(keras.Input((12, 14, 2)), keras.Input((6,)))
    assert V.shape == (None, *size, 2)
    assert grid.shape == (None, *size, 2)
    arrays = layer(np.zeros((3, 12, 14, 2), "float32"), thetas(3))
    assert [tuple(array.shape) for array in arrays] == [(3, *size, 2), (3, *size, 2)]


@pytest.mark.parametrize("arguments", [{}, ARGUMENTS], ids=["defaults", "all"])
def test_get_config_roundtrip(arguments):
    layer = SpatialTransformer(**arguments, name="st")
    found = SpatialTransformer.from_config(layer.get_config())
    assert found.get_config() == layer.get_config()
    assert set(ARGUMENTS) < set(layer.get_config())
    assert {name: getattr(found, name) for name in arguments} == arguments


def test_get_config_roundtrip_json():
    """JSON knows no tuples; the layer makes one again."""
    layer = SpatialTransformer(**ARGUMENTS)
    found = SpatialTransformer.from_config(json.loads(json.dumps(layer.get_config())))
    assert found.get_config() == layer.get_config()


@pytest.mark.parametrize(("kind", "legal"), [("interpolation", "bilinear"), ("padding", "zeros")])
def test_call_rejects_choice(kind, legal, input_map):
    layer = SpatialTransformer(**{kind: "cubist"})
    with pytest.raises(ValueError, match=f"{kind} must be one of {legal}, got 'cubist'"):
        layer(input_map, thetas(3))


def test_call_rejects_shape(input_map):
    with pytest.raises(ValueError, match=r"theta must have shape \(B, 6\), got \(3, 5\)"):
        SpatialTransformer()(input_map, thetas(3)[:, :5])


def test_layer_rejects_unknown_transform():
    with pytest.raises(ValueError, match="transform must be one of affine, got 'afine'"):
        SpatialTransformer(transform="afine")
