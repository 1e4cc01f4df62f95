"""Precision of the layers of a network, and whether the processor is fast in it.

The import of this module does not load Keras.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BFLOAT16 = "bfloat16"

POLICIES = {"float32": "float32", BFLOAT16: "mixed_bfloat16"}
"""Value of `train.precision` -> dtype policy of Keras. All policies keep the weights in float32."""

FAST_FLAGS = {"avx512_bf16", "amx_bf16", "bf16"}
"""Names in /proc/cpuinfo of instructions for bfloat16, of x86 and ARM processors."""

CPU_INFO = Path("/proc/cpuinfo")


@contextmanager
def layers_in(precision: str) -> Iterator[None]:
    """Give the layers that are created in the ``with`` block a precision.

    Layers with a dtype of their own keep it.

    Args:
        precision: A key of `POLICIES`.
    """
    import keras

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(POLICIES[precision])
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def is_fast_in_bfloat16(cpu_info: Path = CPU_INFO) -> bool | None:
    """Return whether the processor has instructions for bfloat16; None if that is unknown.

    Args:
        cpu_info: File with the flags of the processor, as on Linux.
    """
    try:
        lines = cpu_info.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        name, _, flags = line.partition(":")
        if name.strip() in ("flags", "Features"):
            return not FAST_FLAGS.isdisjoint(flags.split())
    return None
