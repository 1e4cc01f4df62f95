"""Composition of transforms that are matrices."""

from functools import reduce

from stnctl.geometry.namespace import Array, array_namespace, matrix_product


def compose(*matrices: Array) -> Array:
    """Return the matrix of one map after another: the last one first, as in a product.

    All go from target to source, so that ``compose(A, B)`` looks up in U, by A, where B looks up
    in the map between; it warps U by A, and the result by B, in one sampling. `Affine.from_matrix`
    and `Projective.from_matrix` make thetas of the result. For an iterative model, compose the
    matrix of each step with those before it.

    Args:
        *matrices: (B, 3, 3) each, homogeneous, as `MatrixTransform.matrix` gives them.

    Returns:
        Array of shape (B, 3, 3).

    Raises:
        TypeError: If one is no array.
        ValueError: If there is none, or one of another shape.
    """
    if not matrices:
        raise ValueError("compose needs at least one matrix")
    array_namespace(*matrices)
    for matrix in matrices:
        if len(matrix.shape) != 3 or tuple(matrix.shape[1:]) != (3, 3):
            raise ValueError(f"a matrix must have shape (B, 3, 3), got {tuple(matrix.shape)}")
    return reduce(matrix_product, matrices)
