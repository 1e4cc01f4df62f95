import numpy as np
import pytest

from stnctl.config.load import parse_config
from stnctl.evaluation.poses import input_poses
from stnctl.geometry.frames import from_centers
from stnctl.geometry.transforms.affine import Affine
from stnctl.models.network import trace_network

SHAPE = (28, 32, 1)


def network_of(*overrides):
    return trace_network(parse_config("", where="x", overrides=overrides).model, SHAPE, 10)


def rotations(*angles):
    return np.array([[np.cos(a), -np.sin(a), 0, np.sin(a), np.cos(a), 0] for a in angles])


def matrix_of(theta, output_size=SHAPE[:2]):
    """Return the maps of pixels from the center for affine thetas, from their matrices."""
    return from_centers(Affine().matrix(theta), SHAPE[:2], output_size)


@pytest.mark.parametrize("size", [None, (24, 30)])
def test_input_poses_of_an_affine_transformer(size):
    keys = "null" if size is None else str(list(size))
    network = network_of(f"model.transformer={{output_size: {keys}}}")
    theta = rotations(*np.linspace(-3, 3, 1030))
    found = input_poses(network, {"spatial_transformer": theta})
    expected = matrix_of(theta, size or SHAPE[:2])
    np.testing.assert_allclose(found["spatial_transformer"], expected, atol=1e-9)


def test_input_poses_of_two_transformers_are_composed():
    network = network_of("model.transformer=[{}, {}]")
    first, second = rotations(0.3, 0.1), rotations(-0.5, 0.2)
    names = [each.name for each in network.transformers]
    found = input_poses(network, dict(zip(names, (first, second), strict=True)))
    np.testing.assert_allclose(found[names[0]], matrix_of(first), atol=1e-9)
    np.testing.assert_allclose(found[names[1]], matrix_of(first) @ matrix_of(second), atol=1e-9)


def test_input_poses_leave_out_transformers_of_features():
    layers = "[{layer: conv}, {layer: transformer, localization: [{layer: dense}]}]"
    network = network_of(f"model.classifier={layers}", "model.transformer=null")
    assert len(network.transformers) == 1
    assert input_poses(network, {network.transformers[0].name: rotations(0.1)}) == {}
