import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from stnctl.geometry import INTERPOLATIONS, PADDINGS, TRANSFORMS, make_transform, warp
from stnctl.models.spatial_transformer import SpatialTransformer

ARGUMENTS = {
    "transform": "affine",
    "constraints": ((None, 0.0, None), (0.0, None, 0.25)),
    "output_size": (5, 6),
    "interpolation": "bicubic",
    "padding": "value",
    "fill_value": (0.5, -1.0),
    "align_corners": False,
}
SPLINE = {"transform": "thin_plate_spline", "control_points": (2, 3)}
WITH_OPTIONS = [
    {"constraints": ((None, 0.0, None), (0.0, None, None))},
    {"transform": "thin_plate_spline", "control_points": (2, 3)},
]
SLOW_TO_COMPILE = {"quadratic", "cubic", "area"}
"""Interpolations that take seconds to compile; their Jacobians are tested without the layer too."""
SAMPLING = {"interpolation", "padding", "fill_value"}
EVERY_FAMILY = [{"transform": name} for name in TRANSFORMS]


def name_of(options):
    return "-".join(map(str, options.values()))


def family(transform="affine", constraints=None, control_points=None, **_):
    return make_transform(transform, constraints=constraints, control_points=control_points)


def thetas(count, transform=TRANSFORMS["affine"]):
    offsets = np.random.default_rng(1).uniform(-0.3, 0.3, (count, transform.num_params))
    return transform.identity() + offsets


@pytest.mark.parametrize("align_corners", [True, False])
@pytest.mark.parametrize("output_size", [None, (5, 6), (20, 1)])
def test_call_matches_numpy(output_size, align_corners, input_map):
    layer = SpatialTransformer(output_size=output_size, align_corners=align_corners)
    theta = thetas(3).astype("float32")
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


@pytest.mark.parametrize(
    "options",
    [
        *EVERY_FAMILY,
        *WITH_OPTIONS,
        *(
            pytest.param(
                {"interpolation": name, "padding": "reflection"},
                marks=pytest.mark.slow if name in SLOW_TO_COMPILE else [],
            )
            for name in INTERPOLATIONS
            if name != "bilinear"
        ),
        *({"padding": name, "fill_value": (0.5, -1.0)} for name in PADDINGS),
    ],
    ids=name_of,
)
def test_call_gradient_matches_numpy(options, input_map):
    """V and its derivative along a direction of theta agree with float64 NumPy.

    The layer casts nothing, so float64 inputs give float64 outputs.
    """
    U = np.concatenate([input_map, 1 - input_map], axis=-1).astype("float64")
    transform = family(**options)
    theta = 0.7 * thetas(3, transform)  # "area" has no exact derivative when zooming out
    sampling = {name: options[name] for name in SAMPLING & options.keys()}
    rng = np.random.default_rng(2)
    direction, dV = rng.normal(size=theta.shape), rng.normal(size=U.shape)

    @tf.function
    def run(theta):
        with tf.GradientTape() as tape:
            tape.watch(theta)
            V, grid = SpatialTransformer(**options)(U, theta)
            loss = tf.reduce_sum(V * dV)
        return V, grid, tape.gradient(loss, theta)

    step = 1e-7 * direction
    before, at, after = (
        warp(U, moved, transform=transform, **sampling)
        for moved in (theta - step, theta, theta + step)
    )
    V, grid, dtheta = run(tf.constant(theta))
    assert (V.dtype, grid.dtype) == ("float64", "float64")
    np.testing.assert_allclose(V, at, rtol=0, atol=1e-12)
    slope, difference = np.sum(dtheta * direction), np.sum((after - before) * dV) / 2e-7
    np.testing.assert_allclose(slope, difference, rtol=1e-5, atol=1e-5)


def scatters(*, input_needs_gradient):
    """Return whether the executed part of a training graph scatters a gradient over U.

    Operations that neither the results nor side effects need are not executed.
    """
    layer = SpatialTransformer()

    @tf.function
    def gradients(U, theta):
        with tf.GradientTape() as tape:
            watched = [theta, U] if input_needs_gradient else [theta]
            tape.watch(watched)
            V, _ = layer(U, theta)
            loss = tf.reduce_sum(V)
        return tape.gradient(loss, watched)

    specs = [tf.TensorSpec(shape, "float32") for shape in [(None, 12, 14, 1), (None, 6)]]
    graph = gradients.get_concrete_function(*specs).graph
    needed, todo = {}, [*(tensor.op for tensor in graph.outputs), *graph.control_outputs]
    while todo:
        operation = todo.pop()
        if operation.name not in needed:
            needed[operation.name] = operation
            todo += [tensor.op for tensor in operation.inputs] + operation.control_inputs
    calls = [op.get_attr("f").name for op in needed.values() if op.type.endswith("PartitionedCall")]
    assert any("_grid_gradient_" in call for call in calls)
    return any("_scatter_gradient_" in call for call in calls)


def test_call_scatters_gradients_for_inner_maps_only():
    """The network's input needs no gradient, so the slowest operation is omitted."""
    assert scatters(input_needs_gradient=True)
    assert not scatters(input_needs_gradient=False)


@pytest.mark.parametrize(
    ("half", "rounding", "worst"), [("float16", 1e-3, 0.02), ("bfloat16", 8e-3, 0.15)]
)
def test_call_half_precision(half, rounding, worst, input_map):
    """The grid is float32, and only the rounding of a half-precision theta moves its points."""
    theta = thetas(3).astype("float32")
    layer = SpatialTransformer(dtype=f"mixed_{half}")
    V, grid = layer(keras.ops.cast(input_map, half), keras.ops.cast(theta, half))
    assert (V.dtype, grid.dtype) == (half, "float32")
    expected, expected_grid = SpatialTransformer()(input_map, theta)
    np.testing.assert_allclose(grid, expected_grid, rtol=0, atol=3 * rounding)
    np.testing.assert_allclose(tf.cast(V, "float32"), expected, rtol=0, atol=worst)
    V, grid = layer(input_map, theta)
    np.testing.assert_array_equal(grid, expected_grid, strict=True)
    np.testing.assert_array_equal(V, expected, strict=True)


@pytest.mark.parametrize("dtypes", [("float16", "bfloat16"), ("float32", "float16")])
def test_compute_output_spec_dtypes(dtypes):
    """Symbolic and computed outputs have the same dtypes."""
    U, theta = (np.zeros(shape, "float32") for shape in [(2, 4, 5, 1), (2, 6)])
    U, theta = (
        keras.ops.cast(array, dtype) for array, dtype in zip((U, theta), dtypes, strict=True)
    )
    layer = SpatialTransformer(dtype="mixed_bfloat16")
    symbols = layer(*(keras.Input(array.shape[1:], dtype=array.dtype.name) for array in (U, theta)))
    assert [symbol.dtype for symbol in symbols] == [array.dtype.name for array in layer(U, theta)]
    assert [symbol.dtype for symbol in symbols] == [dtypes[0], "float32"]


@pytest.mark.parametrize(("output_size", "size"), [(None, (12, 14)), ((5, 6), (5, 6))])
def test_compute_output_shape_with_unknown_batch(output_size, size):
    """Symbolic and computed outputs have the same shapes, apart from the batch."""
    layer = SpatialTransformer(output_size=output_size)
    V, grid = layer(keras.Input((12, 14, 2)), keras.Input((6,)))
    assert V.shape == (None, *size, 2)
    assert grid.shape == (None, *size, 2)
    arrays = layer(np.zeros((3, 12, 14, 2), "float32"), thetas(3).astype("float32"))
    assert [tuple(array.shape) for array in arrays] == [(3, *size, 2), (3, *size, 2)]


@pytest.mark.parametrize("arguments", [{}, ARGUMENTS, SPLINE], ids=["defaults", "all", "spline"])
def test_get_config_roundtrip(arguments):
    layer = SpatialTransformer(**arguments, name="st")
    found = SpatialTransformer.from_config(layer.get_config())
    assert found.get_config() == layer.get_config()
    assert set(ARGUMENTS) | set(SPLINE) < set(layer.get_config())
    assert {name: getattr(found, name) for name in arguments} == arguments


@pytest.mark.parametrize("arguments", [ARGUMENTS, SPLINE], ids=["all", "spline"])
def test_get_config_roundtrip_json(arguments):
    """JSON has lists, of which the layer makes tuples."""
    layer = SpatialTransformer(**arguments)
    found = SpatialTransformer.from_config(json.loads(json.dumps(layer.get_config())))
    assert found.get_config() == layer.get_config()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"transform": "afine"}, "transform must be one of translation, rotation, .*'afine'"),
        ({"interpolation": "cubist"}, "interpolation must be one of nearest, .* got 'cubist'"),
        ({"padding": "cubist"}, "padding must be one of zeros, border, .* got 'cubist'"),
        ({"transform": "rotation", "constraints": [[1, 0, 0]]}, "rotation takes no constraints"),
        ({"control_points": [3, 3]}, "affine takes no control_points"),
        ({"constraints": [[1, 0, 0], [0, 1, 0]]}, "leave an entry free"),
        ({"transform": "thin_plate_spline", "control_points": [1, 3]}, "two whole numbers"),
        ({"output_size": (13.1, 19.5)}, r"output_size must be two whole .* got \(13.1, 19.5\)"),
        ({"output_size": [True, 5]}, "output_size must be two whole numbers"),
    ],
)
def test_init_rejects_options(arguments, message):
    with pytest.raises(ValueError, match=message):
        SpatialTransformer(**arguments)


@pytest.mark.parametrize(
    ("U", "theta", "message"),
    [
        ((12, 14, 1), (5,), r"theta must have shape \(B, 6\), got \(.*, 5\)"),
        ((12, 14), (6,), r"U must have shape \(B, H, W, C\), got \(.*, 12, 14\)"),
    ],
)
def test_call_rejects_shape(U, theta, message):
    """Wrong shapes are rejected for arrays, and for symbols when a network is built."""
    layer = SpatialTransformer()
    with pytest.raises(ValueError, match=message):
        layer(np.zeros((3, *U), "float32"), np.zeros((3, *theta), "float32"))
    with pytest.raises(ValueError, match=message):
        layer(keras.Input(U), keras.Input(theta))


@pytest.mark.parametrize("fill_value", [np.nan, 1e39])
def test_call_rejects_fill_value(fill_value):
    layer = SpatialTransformer(padding="value", fill_value=fill_value)
    with pytest.raises(ValueError, match="fill_value must be finite in float32"):
        layer(keras.Input((12, 14, 1)), keras.Input((6,)))


def test_call_rejects_unknown_size():
    with pytest.raises(ValueError, match=r"known height and width, got \(None, None, 14, 1\)"):
        SpatialTransformer()(keras.Input((None, 14, 1)), keras.Input((6,)))


def test_call_rejects_integers():
    with pytest.raises(ValueError, match="U must be floating, got uint8"):
        SpatialTransformer()(np.zeros((3, 12, 14, 1), "uint8"), thetas(3).astype("float32"))
