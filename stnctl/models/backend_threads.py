"""Number of CPU threads of each backend, and a workaround for wrong results of JAX."""

import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_WRONG_REDUCTIONS = ("0.10.2", "0.11.0")
"""Versions of jaxlib whose reductions on CPUs can be wrong or crash (jax-ml/jax#39103, #40412)."""

_NO_YNNPACK = "--xla_cpu_experimental_ynn_fusion_type="

_MAX_PARTS = 4


def num_parts(threads: int) -> int:
    """Return the number of parts of a batch on TensorFlow, see `stnctl.models.training_model`."""
    return min(threads, _MAX_PARTS)


def _set_up_tensorflow(threads: int) -> None:
    """Give each part of a batch its threads."""
    import tensorflow as tf

    parts = num_parts(threads)
    tf.config.threading.set_intra_op_parallelism_threads(math.ceil(threads / parts))
    tf.config.threading.set_inter_op_parallelism_threads(parts)


def _set_up_jax(threads: int) -> None:
    """Initialize JAX, which reads its options from the environment only once."""
    import jax
    import jaxlib

    options = {"PJRT_NPROC": str(threads)}
    flags = os.environ.get("XLA_FLAGS", "")
    if jaxlib.__version__ in _WRONG_REDUCTIONS and _NO_YNNPACK not in flags:
        options["XLA_FLAGS"] = f"{flags} {_NO_YNNPACK}".strip()
    with _environment(options):
        jax.devices()


def _set_up_torch(threads: int) -> None:
    import torch

    torch.set_num_threads(threads)
    if torch.get_num_interop_threads() != threads:  # it can be set only once
        torch.set_num_interop_threads(threads)


@contextmanager
def _environment(options: dict[str, str]) -> Iterator[None]:
    """Set environment variables in the ``with`` block."""
    before = {name: os.environ.get(name) for name in options}
    os.environ.update(options)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


SET_UP: dict[str, Callable[[int], None]] = {
    "tensorflow": _set_up_tensorflow,
    "jax": _set_up_jax,
    "torch": _set_up_torch,
}
"""Name of a backend -> function that sets its number of threads, before its first operation."""
