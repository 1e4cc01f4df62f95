"""Operations that make theta: the heads of localization networks, composition, and noise."""

from dataclasses import dataclass
from typing import Any

from stnctl.geometry.transforms.constraints import Constraints
from stnctl.models.operation import DenseOperation, Operation, Shape


@dataclass(frozen=True)
class ThetaDense(DenseOperation):
    """Dense layer (n,) -> (units,) in float32, because half precision would shift sampled points.

    Attributes:
        start: Initial bias (units,), with an initial kernel of zeros; None for random kernels.
        activation: Name of a Keras activation.
    """

    start: tuple[float, ...] | None = None
    activation: str = "linear"

    base_name = "theta"

    def keras_layer(self, name: str) -> Any:
        """Return a `keras.layers.Dense`."""
        from keras import layers

        from stnctl.models.theta_heads import IdentityTheta

        start = {}
        if self.start is not None:
            start = {"kernel_initializer": "zeros", "bias_initializer": IdentityTheta(self.start)}
        return layers.Dense(
            self.units, activation=self.activation, dtype="float32", name=name, **start
        )


@dataclass(frozen=True)
class Bounded(Operation):
    """Theta within bounds, from any values (num_params,) -> (num_params,).

    Attributes:
        identity: Theta of the identity.
        bounds: (low, high) of each parameter.
    """

    identity: tuple[float, ...]
    bounds: tuple[tuple[float, float], ...]

    base_name = "theta"

    def output_shapes(self, *shapes: Shape) -> tuple[Shape, ...]:
        """Return (num_params,)."""
        return shapes

    def keras_layer(self, name: str) -> Any:
        """Return a `stnctl.models.theta_heads.BoundedTheta`."""
        from stnctl.models.theta_heads import BoundedTheta

        return BoundedTheta(identity=self.identity, bounds=self.bounds, dtype="float32", name=name)


@dataclass(frozen=True)
class UnitAngle(Operation):
    """Theta with an angle, from (cos, sin) of any length (num_params + 1,) -> (num_params,).

    Attributes:
        position: Index of the angle in theta. The cosine has the same index in the input, and the
            sine the next one.
    """

    position: int

    base_name = "theta"

    def output_shapes(self, *shapes: Shape) -> tuple[Shape, ...]:
        """Return (num_params,)."""
        return ((shapes[0][0] - 1,),)

    def keras_layer(self, name: str) -> Any:
        """Return a `stnctl.models.keras_layers.unit_theta.UnitTheta`."""
        from stnctl.models.keras_layers.unit_theta import UnitTheta

        return UnitTheta(position=self.position, dtype="float32", name=name)


@dataclass(frozen=True)
class Composition(Operation):
    """Theta of two warps in sequence, from the theta of each one.

    Attributes:
        outer: Name of the transform of the first warp, that of U.
        inner: Name of the transform of the second warp, that of the first V.
        inner_constraints: Its constraints.
        result: Name of the transform of the result, "affine" or "projective".
    """

    outer: str
    inner: str
    inner_constraints: Constraints | None
    outer_constraints: Constraints | None
    result: str

    base_name = "theta"

    def output_shapes(self, *shapes: Shape) -> tuple[Shape, ...]:
        """Return (6,) for affine maps, (8,) for projective ones."""
        return ((6 if self.result == "affine" else 8,),)

    def keras_layer(self, name: str) -> Any:
        """Return a `stnctl.models.keras_layers.composed_theta.ComposedTheta`."""
        from stnctl.models.keras_layers.composed_theta import ComposedTheta

        return ComposedTheta(
            outer=self.outer,
            inner=self.inner,
            outer_constraints=self.outer_constraints,
            inner_constraints=self.inner_constraints,
            result=self.result,
            dtype="float32",
            name=name,
        )


@dataclass(frozen=True)
class Noise(Operation):
    """Normal noise on each value, in training only.

    Attributes:
        deviation: Its standard deviation.
    """

    deviation: float

    base_name = "theta_noise"

    def output_shapes(self, *shapes: Shape) -> tuple[Shape, ...]:
        """Return the shape of the input."""
        return shapes

    def keras_layer(self, name: str) -> Any:
        """Return a `keras.layers.GaussianNoise` with a seed of its own."""
        from keras import layers

        from stnctl.models.layers.dropout import draw_seed

        return layers.GaussianNoise(self.deviation, seed=draw_seed(), dtype="float32", name=name)
