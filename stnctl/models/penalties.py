"""Penalties on a transformer, in the training loss."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from stnctl.config.penalties_section import Penalties
from stnctl.data.penalized_examples import CHANGED, PenalizedExamples
from stnctl.geometry.frames import Size
from stnctl.geometry.grid import half_span, regular_grid
from stnctl.geometry.namespace import constant
from stnctl.geometry.transforms.transform import Transform
from stnctl.models.job import Job
from stnctl.models.operation import Shape
from stnctl.models.sampling_operation import Sampling

LATTICE = (5, 5)
"""Rows and columns of the points of V at which distances are measured."""

CHANGED_THETA = "changed_theta"
"""Name of the theta of the images with a further distortion."""


@dataclass(frozen=True)
class PenaltyPlan:
    """Penalties of a training, with the facts of its data that they need.

    Attributes:
        penalties: The configured penalties.
        change: Transforms of the further distortion of `Consistency`, from V to U.
        drawn: Transforms of the distortion of the images, from V to U.
        num_classes: Number of classes.
        white: Value of a white pixel.
    """

    penalties: Penalties
    change: tuple[Transform, ...]
    drawn: tuple[Transform, ...]
    num_classes: int
    white: float

    def further_inputs(self, shape: Shape) -> dict[str, Any]:
        """Return the inputs of a training model beside U, for U of ``shape`` (H, W, C)."""
        inputs = {"labels": keras.Input((), dtype="int32", name="labels")}
        if self.change:
            inputs[CHANGED] = keras.Input(shape, name=CHANGED)
        for name, transforms in (("change", self.change), ("drawn", self.drawn)):
            for number, transform in enumerate(transforms):
                key = f"{name}{number}"
                inputs[key] = keras.Input((transform.num_params,), name=key)
        return inputs


def penalty_plan(job: Job) -> PenaltyPlan | None:
    """Return the penalties of the training of a job; None if there are none."""
    penalties = job.config.train.penalties
    if not penalties.names:
        return None
    examples = PenalizedExamples(job.examples("train"), penalties, 0)
    change, drawn = (
        tuple(stage.transform for stage in stages) for stages in (examples.change, examples.drawn)
    )
    white = 1.0 if job.config.data.pixels == "unit" else 255.0
    return PenaltyPlan(penalties, change, drawn, job.num_classes, white)


class PenaltyLayer(keras.layers.Layer):  # type: ignore[misc] # Keras has no types
    """Keras layer that adds the penalties on a transformer to the loss of its model.

    Its result is its first input, so that it can be a part of the path to the logits.

    Args:
        plan: The penalties.
        sampling: The operation of the transformer.
        sides: (H, W) of U.
    """

    def __init__(self, plan: PenaltyPlan, sampling: Sampling, sides: Size) -> None:
        """Store the arguments."""
        super().__init__(autocast=False, dtype="float32")
        self._plan = plan
        self._family = sampling.family
        self._sides = sides
        self._output_size = sampling.output_size or sides
        self._align_corners = sampling.align_corners

    def call(self, logits: Any, theta: Any, V: Any, further: Mapping[str, Any]) -> Any:
        """Add the penalties, and return the logits.

        Args:
            logits: (B, num_classes).
            theta: (B, num_params).
            V: (B, H', W', C).
            further: Arrays of `stnctl.data.penalized_examples` by their names, and `CHANGED_THETA`
                (B, num_params).
        """
        terms = self._terms(theta, V, further)
        self.add_loss(sum(weight * keras.ops.mean(term) for weight, term in terms))
        return logits

    def compute_output_spec(
        self, logits: Any, theta: Any, V: Any, further: Mapping[str, Any]
    ) -> Any:
        """Return the shape and the dtype of the logits."""
        return keras.KerasTensor(logits.shape, logits.dtype)

    def _terms(self, theta: Any, V: Any, further: Mapping[str, Any]) -> list[tuple[float, Any]]:
        """Return the weight and the values of each penalty, of any shape."""
        plan, section = self._plan, self._plan.penalties
        points = self._sampled(theta)
        target = constant(regular_grid(LATTICE), points)
        terms: list[tuple[float, Any]] = []
        if section.consistency is not None:
            changed = self._sampled(further[CHANGED_THETA])
            changed = _applied(plan.change, "change", changed, further)
            terms.append((section.consistency.weight, squared_distance(points, changed)))
        if section.supervised is not None:
            shown = _applied(plan.drawn, "drawn", points, further)
            terms.append((section.supervised, squared_distance(shown, target)))
        if section.congeal is not None:
            V = keras.ops.cast(V, "float32") / plan.white
            term = difference_in_class(V, further["labels"], plan.num_classes)
            terms.append((section.congeal, term))
        if section.identity is not None:
            terms.append((section.identity, squared_distance(points, target)))
        if section.inside is not None:
            outside = keras.ops.relu(keras.ops.abs(points) - 1)
            terms.append((section.inside, keras.ops.sum(outside**2, axis=-1)))
        return terms

    def _sampled(self, theta: Any) -> Any:
        """Return the points of U that the lattice on V samples, (B, 5, 5, 2).

        On both, -1 and 1 are the centers of the corner pixels.
        """
        lattice = regular_grid(LATTICE, dtype="float64")
        points = self._family.apply(theta, lattice / self._frame_of(self._output_size))
        return points * constant(self._frame_of(self._sides), points)

    def _frame_of(self, size: Size) -> np.ndarray:
        """Return the factors (x, y) from the frame of the transformer to that of the centers."""
        factors: np.ndarray = half_span(size, align_corners=self._align_corners) / half_span(size)
        return factors


def squared_distance(points: Any, others: Any) -> Any:
    """Return the squared distances (...) of points (..., 2) in normalized coordinates."""
    return keras.ops.sum((points - others) ** 2, axis=-1)


def difference_in_class(V: Any, labels: Any, num_classes: int) -> Any:
    """Return the squared differences between images and the mean image of their class in the batch.

    This is the variance that congealing reduces (Learned-Miller 2006), within each class.

    Args:
        V: (B, H, W, C).
        labels: (B,), integers.
        num_classes: Number of classes.

    Returns:
        (B, H * W * C).
    """
    flat = keras.ops.reshape(V, (keras.ops.shape(V)[0], -1))
    members = keras.ops.one_hot(labels, num_classes, dtype="float32")
    counts = keras.ops.maximum(keras.ops.sum(members, axis=0), 1)
    means = keras.ops.matmul(keras.ops.transpose(members), flat) / counts[:, None]
    return (flat - keras.ops.matmul(members, means)) ** 2


def _applied(
    transforms: Sequence[Transform], name: str, points: Any, thetas: Mapping[str, Any]
) -> Any:
    """Return the points after all transforms, whose thetas are ``name0``, ``name1``, ..."""
    for number, transform in enumerate(transforms):
        points = transform.apply(thetas[f"{name}{number}"], points)
    return points
