"""The transform that a configuration names, and the ranges of its theta. Without Keras."""

import numpy as np

from stnctl.config.schema import TransformerConfig
from stnctl.errors import ConfigError
from stnctl.geometry import Transform, make_transform

_BOUNDS = "model.transformer.localization.bounds"


def configured_transform(config: TransformerConfig) -> Transform:
    """Return the transform of a configured transformer."""
    return make_transform(
        config.transform, constraints=config.constraints, control_points=config.control_points
    )


def theta_bounds(config: TransformerConfig) -> np.ndarray:
    """Return the least and the largest value of each parameter, (num_params, 2), float64.

    They are the configuration's own, or else the family's.

    Raises:
        ConfigError: If they are not one pair a parameter, with its identity between.
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
                f"{_BOUNDS}[{k}]: expected [low, high] with {identity:g} between, which is "
                f"{transform.parameters[k]} of the identity, got [{low:g}, {high:g}]"
            )
    return np.array(bounds)


def _listed(transform: Transform) -> str:
    """Return the names of the parameters, the middle left out where there are many."""
    names = transform.parameters
    return ", ".join(names if len(names) <= 8 else (*names[:2], "...", names[-1]))
