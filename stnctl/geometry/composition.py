"""Composition of transforms that are matrices."""

from functools import reduce

from stnctl.geometry.namespace import Array, array_namespace, matrix_product


def compose(*matrices: Array) -> Array:
    """Return the matrix of several maps in sequence; the last one is applied first.

    All map target to source. So ``compose(A, B)`` warps U by A and the result by B, in one
    sampling. `Affine.from_matrix` and `Projective.from_matrix` return the theta of the result. For
    an iterative model, compose the matrix of each step with those of the steps before.

    Args:
        *matrices: (B, 3, 3) each, homogeneous, as from `MatrixTransform.matrix`.

    Returns:
        Array of shape (B, 3, 3).

    Raises:
        TypeError: If an argument is not an array.
        ValueError: If there are no matrices, or one has another shape.
    """
    if not matrices:
        raise ValueError("compose needs at least one matrix")
    array_namespace(*matrices)
    for matrix in matrices:
        if len(matrix.shape) != 3 or tuple(matrix.shape[1:]) != (3, 3):
            raise ValueError(f"a matrix must have shape (B, 3, 3), got {tuple(matrix.shape)}")
    return reduce(matrix_product, matrices)
