"""Configured transform, and the bounds of its theta. This module does not load Keras."""

import numpy as np

from stnctl.config.layer_lists import TransformerConfig
from stnctl.config.strict_yaml import KeyPath
from stnctl.geometry.transforms.make import make_transform
from stnctl.geometry.transforms.transform import Transform
from stnctl.models.graph import problem_at


def configured_transform(config: TransformerConfig) -> Transform:
    """Return the transform of a configured transformer."""
    return make_transform(
        config.transform, constraints=config.constraints, control_points=config.control_points
    )


def theta_bounds(config: TransformerConfig, path: KeyPath) -> np.ndarray:
    """Return the bounds of theta, (num_params, 2), float64: low and high of each parameter.

    Without configured bounds, these are the bounds of the transform.

    Args:
        config: The configuration of the transformer.
        path: Its key, for messages.

    Raises:
        ConfigError: If the number of configured pairs differs from the number of parameters, or the
            value of a parameter at the identity is not between its bounds.
    """
    transform, bounds = configured_transform(config), config.bounds
    if bounds is None:
        return np.array(transform.bounds, "float64")
    if len(bounds) != transform.num_params:
        raise problem_at(
            (*path, "bounds"),
            f"expected {transform.num_params} pairs, for {_listed(transform)} of "
            f"{config.transform}, got {len(bounds)}",
            hint="leave bounds null for the bounds of the family",
        )
    for k, (low, high) in enumerate(bounds):
        if not low < (identity := transform.identity()[k]) < high:
            raise problem_at(
                (*path, "bounds", k),
                f"expected [low, high] with {identity:g} between, the value of "
                f"{transform.parameters[k]} at the identity, got [{low:g}, {high:g}]",
            )
    return np.array(bounds)


def _listed(transform: Transform) -> str:
    """Return the names of the parameters, shortened if there are many."""
    names = transform.parameters
    return ", ".join(names if len(names) <= 8 else (*names[:2], "...", names[-1]))
