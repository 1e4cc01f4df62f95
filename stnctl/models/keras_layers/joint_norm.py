"""Batch normalization of a batch in parts as a Keras layer."""

from typing import Any

import keras


class JointNorm(keras.layers.Layer):  # type: ignore[misc] # Keras has no types
    """Keras layer that normalizes the equal parts of a batch by the statistics of the whole batch.

    It replaces another layer in a training, and updates the moving averages of that layer.

    Args:
        norm: The replaced `keras.layers.BatchNormalization` of the last axis, with its variables.

    Input shape:
        A list of tensors, (B / number of parts, ..., C).

    Output shape:
        The same list of shapes.
    """

    def __init__(self, norm: keras.layers.BatchNormalization) -> None:
        """Store the replaced layer."""
        super().__init__(dtype=norm.dtype_policy)
        self.norm = norm

    def call(self, parts: list[Any]) -> list[Any]:
        """Return the normalized parts."""
        ops, norm = keras.ops, self.norm
        parts = [ops.cast(part, "float32") for part in parts]
        axes = list(range(len(parts[0].shape) - 1))
        means, variances = zip(*(ops.moments(part, axes) for part in parts), strict=True)
        mean = sum(means) / len(parts)
        between = sum(ops.square(each - mean) for each in means)
        variance = (sum(variances) + between) / len(parts)
        if norm.trainable:
            for moving, value in ((norm.moving_mean, mean), (norm.moving_variance, variance)):
                moving.assign(moving * norm.momentum + value * (1 - norm.momentum))
        else:
            mean, variance = norm.moving_mean, norm.moving_variance
        results = [
            ops.batch_normalization(part, mean, variance, -1, norm.beta, norm.gamma, norm.epsilon)
            for part in parts
        ]
        return [ops.cast(each, self.compute_dtype) for each in results]

    def compute_output_shape(self, shapes: Any) -> Any:
        """Return the shapes of the parts."""
        return shapes
