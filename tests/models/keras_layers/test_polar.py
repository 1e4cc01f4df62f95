import json
import math

import keras
import numpy as np
import pytest

from stnctl.geometry import warp
from stnctl.models.build import with_intermediates
from stnctl.models.keras_layers.polar import CircularCentroid, CyclicPad, LogPolar, log_polar_grid
from tests.models.small import built

pytestmark = pytest.mark.usefixtures("eager")

SIDE, ANGLES, RADII = 41, 64, 12


def smooth_images(rotation):
    """Return smooth random images (3, 41, 41, 1), rotated, and zero at the border.

    The pixel p has the value of the image at R p, R the matrix of the transform `rotation`. So they
    are warps by the rotation, but without interpolation.
    """
    generator = np.random.default_rng(5)
    centers, widths = generator.uniform(-0.5, 0.5, (3, 6, 2)), generator.uniform(8, 30, (3, 6))
    heights = generator.uniform(-1, 1, (3, 6))
    x, y = np.meshgrid(*[np.linspace(-1, 1, SIDE)] * 2)
    cos, sin = math.cos(rotation), math.sin(rotation)
    points = np.stack([cos * x - sin * y, sin * x + cos * y], axis=-1)[None, :, :, None]
    distances = ((points - centers[:, None, None]) ** 2).sum(axis=-1)
    image = (heights[:, None, None] * np.exp(-widths[:, None, None] * distances)).sum(axis=-1)
    window = np.clip(1.3 * (1 - x**2 - y**2), 0, 1)
    return (window * image)[..., None].astype("float32")


def test_log_polar_grid_directions_and_radii():
    """The first angle is towards x (right), a quarter later towards y (down)."""
    grid = log_polar_grid(8, 5, 0.1)
    assert grid.shape == (8, 5, 2)
    np.testing.assert_allclose(grid[0, -1], [1, 0], atol=1e-12)
    np.testing.assert_allclose(grid[2, -1], [0, 1], atol=1e-12)
    radii = np.hypot(*np.moveaxis(grid, -1, 0))
    np.testing.assert_allclose(radii, [np.geomspace(0.1, 1, 5)] * 8)


@pytest.mark.parametrize("shift", [1, 16, -5])
def test_log_polar_shifts_by_a_rotation(shift):
    layer = LogPolar(angles=ANGLES, radii=RADII)
    plain = np.array(layer(smooth_images(0)))
    rotated = np.array(layer(smooth_images(2 * math.pi * shift / ANGLES)))
    assert plain.shape == (3, ANGLES, RADII, 1)
    np.testing.assert_allclose(rotated, np.roll(plain, -shift, axis=1), rtol=0, atol=0.02)
    assert np.abs(rotated - plain).max() > 0.05


def test_cyclic_pad_matches_numpy():
    polar = np.random.default_rng(0).normal(size=(2, 8, 5, 3)).astype("float32")
    wrapped = np.pad(polar, [(0, 0), (2, 2), (0, 0), (0, 0)], mode="wrap")
    expected = np.pad(wrapped, [(0, 0), (0, 0), (2, 2), (0, 0)])
    np.testing.assert_array_equal(CyclicPad(width=2)(polar), expected)


def test_circular_centroid_of_a_peak_and_of_no_peak():
    heat = np.zeros((4, 8, 5, 1), "float32")
    for row, place in enumerate((0, 1, 6)):
        heat[row, place] = 99
    found = CircularCentroid()(heat)
    diagonal = math.sqrt(0.5)
    expected = [[1, 0], [diagonal, diagonal], [0, -1], [0, 0]]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)


def test_circular_centroid_rotates_with_its_heat():
    heat = np.random.default_rng(0).normal(size=(1, 16, 5, 1)).astype("float32")
    angles = []
    for shift in range(16):
        [[cos, sin]] = np.array(CircularCentroid()(np.roll(heat, shift, axis=1)))
        angles.append(math.atan2(sin, cos))
    steps = np.diff(np.unwrap(angles))
    np.testing.assert_allclose(steps, 2 * math.pi / 16, rtol=1e-4)


@pytest.mark.parametrize(
    "layer",
    [LogPolar(angles=8, radii=5), CyclicPad(width=2), CircularCentroid()],
    ids=lambda layer: type(layer).__name__,
)
def test_polar_layers_roundtrip(layer):
    found = keras.layers.deserialize(json.loads(json.dumps(keras.layers.serialize(layer))))
    assert type(found) is type(layer)
    assert found.get_config() == layer.get_config()


@pytest.fixture(scope="module")
def model():
    """Return a network with an untrained polar localizer and a clear heat map."""
    localization = f"{{network: polar, angles: {ANGLES}, radii: {RADII}, filters: [6, 6]}}"
    keras.utils.set_random_seed(3)
    model = built(
        f"{{transformer: {{transform: rotation, localization: {localization}}}, classifier: []}}",
        (SIDE, SIDE, 1),
    )
    heat = model.get_layer("localization_conv3")
    heat.set_weights([50 * weight for weight in heat.get_weights()])
    return model


@pytest.mark.parametrize("degrees", [45, 90, -150, 20, 3])
def test_polar_localizer_turns_with_its_input(model, degrees):
    """A rotated input has the angle of the input minus the rotation; so V hardly changes."""
    rotation = math.radians(degrees)
    plain, rotated = (
        {name: np.array(value) for name, value in with_intermediates(model)(U).items()}
        for U in (smooth_images(0), smooth_images(rotation))
    )
    before, after = (found["spatial_transformer/theta"][:, 0] for found in (plain, rotated))
    difference = np.exp(1j * (after - before + rotation))
    assert np.abs(np.angle(difference)).max() < math.pi / ANGLES
    change = np.abs(plain["spatial_transformer/V"] - rotated["spatial_transformer/V"]).max()
    spread = np.abs(smooth_images(0)).max()
    assert change < 0.15 * spread


def test_smooth_images_are_warps():
    """The rotation of the images agrees with a warp of the project."""
    V = warp(smooth_images(0), np.float32([[0.6]] * 3), transform="rotation")
    np.testing.assert_allclose(V, smooth_images(0.6), rtol=0, atol=0.04)


@pytest.mark.parametrize("transform", ["rigid", "similarity"])
def test_polar_localizer_has_the_other_parameters(transform):
    """Untrained, all parameters but the angle are those of the identity."""
    localization = "{network: polar, angles: 16, radii: 5, filters: [3]}"
    transformer = f"{{transform: {transform}, localization: {localization}}}"
    model = built(f"{{transformer: {transformer}, classifier: []}}", (SIDE, SIDE, 1))
    theta = np.array(with_intermediates(model)(smooth_images(0))["spatial_transformer/theta"])
    others = theta[:, [0, 2, 3]] if transform == "similarity" else theta[:, 1:]
    np.testing.assert_array_equal(others, [[1, 0, 0] if transform == "similarity" else [0, 0]] * 3)
    angles = theta[:, 1 if transform == "similarity" else 0]
    assert np.abs(angles).min() > 1e-3
