"""Composition of transforms that are matrices."""

from functools import reduce

from stnctl.geometry.namespace import Array, array_namespace, matrix_product


def compose(*matrices: Array) -> Array:
    """Return the product of matrices: a point is mapped by the last matrix first.

    All matrices map target to source. So a warp by ``compose(A, B)`` is a warp of U by A, and of
    its result by B, with one sampling. `Affine.from_matrix` and `Projective.from_matrix` return the
    theta of the product. In a network with several transformers in sequence, compose the matrix of
    each one with those of the transformers before it.

    Args:
        *matrices: (B, 3, 3) each, homogeneous, from `MatrixTransform.matrix`.

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
