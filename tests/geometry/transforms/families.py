"""Every family of transforms once, in a small version, and random thetas for it."""

import numpy as np

from stnctl.geometry import TRANSFORMS
from stnctl.geometry.transforms.affine import Affine
from stnctl.geometry.transforms.constraints import NO_SHEAR
from stnctl.geometry.transforms.flow import Flow
from stnctl.geometry.transforms.thin_plate_spline import ThinPlateSpline
from stnctl.geometry.transforms.transform import MatrixTransform
from tests.geometry.runners import BACKEND

DOUBLE = "float64" if BACKEND == "tensorflow" else "float32"
"""Precision of graphs in float64: Keras has single cosines on JAX, single sums on PyTorch."""

FAMILIES = {
    **TRANSFORMS,
    "flow": Flow((5, 4)),
    "constrained_affine": Affine(NO_SHEAR),
    "small_thin_plate_spline": ThinPlateSpline((2, 3)),
}
MATRICES = {
    name: family for name, family in FAMILIES.items() if isinstance(family, MatrixTransform)
}
INVERTIBLE = {name: family for name, family in MATRICES.items() if family.invertible}


def random_thetas(family, batch=3, seed=0, reach=0.4, dtype="float64"):
    """Return thetas around the identity, (B, num_params), up to ``reach`` of the way to a bound."""
    low, high = np.array(family.bounds).T
    identity = family.identity()
    share = np.random.default_rng(seed).uniform(-reach, reach, (batch, family.num_params))
    return (identity + np.where(share > 0, high - identity, identity - low) * share).astype(dtype)


def mapped(matrix, points):
    """Return points (..., 2), mapped by one homogeneous matrix (3, 3), from its definition."""
    homogeneous = np.concatenate([points, np.ones_like(points[..., :1])], axis=-1) @ matrix.T
    return homogeneous[..., :2] / homogeneous[..., 2:]
