"""Heads of localization networks: features -> theta, as operations. Keras is not loaded."""

from collections.abc import Callable

from stnctl.config.layer_lists import TransformerConfig
from stnctl.config.localizer_sections import ANGLE
from stnctl.models.graph import Scope, Tensor
from stnctl.models.theta import configured_transform, theta_bounds
from stnctl.models.theta_operations import Bounded, ThetaDense, UnitAngle

THETA = "theta"
"""Name of the layer whose output is the theta of a localization network."""


def angle_position(config: TransformerConfig) -> int:
    """Return the index of the angle in the theta of a transform with an angle."""
    return configured_transform(config).parameters.index(ANGLE)


def unit_start(config: TransformerConfig) -> tuple[float, ...]:
    """Return the identity (num_params + 1,), with (cos, sin) = (1, 0) in place of the angle."""
    identity = tuple(configured_transform(config).identity().tolist())
    k = angle_position(config)
    return (*identity[:k], 1.0, 0.0, *identity[k + 1 :])


def _residual(features: Tensor, config: TransformerConfig, scope: Scope) -> Tensor:
    """Return identity + linear(features); the linear layer starts at zero."""
    identity = tuple(configured_transform(config).identity().tolist())
    return scope.add(ThetaDense(len(identity), identity), features, name=THETA)


def _bounded(features: Tensor, config: TransformerConfig, scope: Scope) -> Tensor:
    """Return bounded(linear(features)), which starts at the identity."""
    identity = tuple(configured_transform(config).identity().tolist())
    low_high = theta_bounds(config, scope.path).tolist()
    bounds = tuple((low, high) for low, high in low_high)
    zeros = (0.0,) * len(identity)
    raw = scope.add(ThetaDense(len(identity), zeros), features, name=f"{THETA}_raw")
    return scope.add(Bounded(identity, bounds), raw, name=THETA)


def _sigmoid(features: Tensor, config: TransformerConfig, scope: Scope) -> Tensor:
    """Return sigmoid(linear(features)): the naive head of the article."""
    num_params = configured_transform(config).num_params
    return scope.add(ThetaDense(num_params, activation="sigmoid"), features, name=THETA)


def _unit(features: Tensor, config: TransformerConfig, scope: Scope) -> Tensor:
    """Return `_residual` with the angle as a normalized vector, which starts at (1, 0)."""
    start = unit_start(config)
    raw = scope.add(ThetaDense(len(start), start), features, name=f"{THETA}_raw")
    return scope.add(UnitAngle(angle_position(config)), raw, name=THETA)


ADD_HEAD: dict[str, Callable[[Tensor, TransformerConfig, Scope], Tensor]] = {
    "residual": _residual,
    "bounded": _bounded,
    "sigmoid": _sigmoid,
    "unit": _unit,
}
"""Name in `stnctl.config.choices.HEADS` -> function that adds this head to a graph.

The function takes features (n,), the configuration, and the scope, whose path is the key of the
transformer. It returns theta (num_params,).
"""
