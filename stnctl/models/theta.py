"""Configured transform, and the bounds of its theta. This module does not load Keras."""

import numpy as np

from stnctl.config.schema import TransformerConfig
from stnctl.errors import ConfigError
from stnctl.geometry.transforms.make import make_transform
from stnctl.geometry.transforms.transform import Transform

_BOUNDS = "model.transformer.localization.bounds"


def configured_transform(config: TransformerConfig) -> Transform:
    """Return the transform of a configured transformer."""
    return make_transform(
        config.transform, constraints=config.constraints, control_points=config.control_points
    )


def theta_bounds(config: TransformerConfig) -> np.ndarray:
    """Return the bounds of theta, (num_params, 2), float64: low and high of each parameter.

    Without configured bounds, these are the bounds of the transform.

    Raises:
        ConfigError: If the number of configured pairs differs from the number of parameters, or the
            value of a parameter at the identity is not between its bounds.
    """
    transform = configured_transform(config)
    bounds = config.localization.bounds
    if bounds is None:
        return np.array(transform.bounds, "float64")
    if len(bounds) != transform.num_params:
        raise ConfigError(
            f"{_BOUNDS}: expected {transform.num_params} pairs, for {_listed(transform)} of "
            f"{config.transform}, got {len(bounds)}",
            hint=f"leave {_BOUNDS} null for the bounds of the family",
        )
    for k, (low, high) in enumerate(bounds):
        if not low < (identity := transform.identity()[k]) < high:
            raise ConfigError(
                f"{_BOUNDS}[{k}]: expected [low, high] with {identity:g} between, the value of "
                f"{transform.parameters[k]} at the identity, got [{low:g}, {high:g}]"
            )
    return np.array(bounds)


def _listed(transform: Transform) -> str:
    """Return the names of the parameters, shortened if there are many."""
    names = transform.parameters
    return ", ".join(names if len(names) <= 8 else (*names[:2], "...", names[-1]))
