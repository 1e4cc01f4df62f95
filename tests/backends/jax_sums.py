"""Check that JAX computes two sums correctly on a CPU.

    KERAS_BACKEND=jax python -m tests.backends.jax_sums

jaxlib 0.10.2 computes the first sum wrongly (jax-ml/jax#39103), and the second one ends with a
segmentation fault (jax-ml/jax#40412).
"""

import sys

import numpy as np

from stnctl.models.backend import start_backend

NUM_ROWS = 32_769
RANK_7 = (3, 1, 2, 2, 8, 8, 8)


def error_of_squared_norms() -> float:
    """Return the largest relative error of the squared norms of `NUM_ROWS` rows (n, 0, 0)."""
    import jax
    import jax.numpy as jnp

    rows = np.zeros((NUM_ROWS, 3), "float32")
    rows[:, 0] = np.arange(NUM_ROWS)
    norms = jax.jit(lambda M, rows: jax.vmap(lambda row: jnp.sum((M @ row) ** 2))(rows))
    expected = np.arange(NUM_ROWS, dtype="float64") ** 2
    found = np.asarray(norms(np.eye(3, dtype="float32"), rows), "float64")
    return float((np.abs(found - expected) / np.maximum(expected, 1)).max())


def error_of_sum_of_products() -> float:
    """Return the largest absolute error of a sum of products over an axis of seven."""
    import jax
    import jax.numpy as jnp

    generator = np.random.default_rng(0)
    first, second = generator.normal(size=(2, *RANK_7)).astype("float32")
    found = jax.jit(lambda a, b: jnp.sum(a * b, axis=3))(first, second)
    return float(np.abs(np.asarray(found) - (first * second).sum(axis=3)).max())


def main() -> None:
    """Print both errors, and end with exit code 1 if one is too large."""
    start_backend(threads=2)
    errors = {
        check.__name__: check() for check in (error_of_squared_norms, error_of_sum_of_products)
    }
    for name, error in errors.items():
        sys.stdout.write(f"{name}: {error:.1e}\n")
    if max(errors.values()) > 1e-5:
        sys.exit("this version of JAX computes wrong sums: install the version in constraints.txt")


if __name__ == "__main__":
    main()
