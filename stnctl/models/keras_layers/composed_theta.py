"""Composition of thetas as a Keras layer."""

from typing import Any

import keras

from stnctl.geometry.composition import compose
from stnctl.geometry.registries import TRANSFORMS
from stnctl.geometry.transforms.constraints import Constraints
from stnctl.geometry.transforms.make import make_transform


@keras.saving.register_keras_serializable("stnctl")
class ComposedTheta(keras.layers.Layer):  # type: ignore[misc] # Keras has no types
    """Keras layer of the theta of two warps in sequence (Lin and Lucey 2017).

    A warp of U by the result is a warp of U by the first theta, and of its V by the second one, but
    with a single sampling.

    Args:
        outer: Name of the transform of the first theta.
        inner: Name of the transform of the second theta.
        result: Name of the transform of the result, "affine" or "projective".
        outer_constraints: Constraints of the first transform, only for "affine".
        inner_constraints: Constraints of the second transform, only for "affine".
        **kwargs: Arguments of `keras.layers.Layer`, such as ``name``.

    Input shape:
        Two thetas, (B, num_params) of each transform.

    Output shape:
        (B, 6) for "affine", (B, 8) for "projective".
    """

    def __init__(
        self,
        *,
        outer: str,
        inner: str,
        result: str,
        outer_constraints: Constraints | None = None,
        inner_constraints: Constraints | None = None,
        **kwargs: Any,
    ) -> None:
        """Store the transforms."""
        super().__init__(**kwargs)
        self.outer = outer
        self.inner = inner
        self.result = result
        self.outer_constraints = outer_constraints
        self.inner_constraints = inner_constraints
        self._outer: Any = make_transform(outer, constraints=outer_constraints)
        self._inner: Any = make_transform(inner, constraints=inner_constraints)
        self._result: Any = TRANSFORMS[result]

    def call(self, first: Any, second: Any) -> Any:
        """Return the composed theta for two thetas, (B, num_params) each."""
        return self._result.from_matrix(
            compose(self._outer.matrix(first), self._inner.matrix(second))
        )

    def compute_output_shape(self, first_shape: Any, second_shape: Any) -> Any:
        """Return (B, 6) or (B, 8)."""
        return first_shape[0], self._result.num_params

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the layer."""
        return {
            **super().get_config(),
            "outer": self.outer,
            "inner": self.inner,
            "result": self.result,
            "outer_constraints": self.outer_constraints,
            "inner_constraints": self.inner_constraints,
        }
