"""Starts Keras and its backend: quiet, with fixed threads, whatever the user's keras.json says."""

import gc
import importlib.util
import io
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from stnctl.errors import EnvironmentFault, did_you_mean

PACKAGES = {"tensorflow": "tensorflow", "jax": "jax", "torch": "torch"}
"""Backends of Keras -> the packages that they need."""


def chosen_backend() -> str:
    """Return the backend that ``KERAS_BACKEND`` names, TensorFlow if it names none.

    Raises:
        EnvironmentFault: If there is no such backend, or it is not installed.
    """
    name = os.environ.get("KERAS_BACKEND") or "tensorflow"
    if name not in PACKAGES:
        raise EnvironmentFault(
            f"KERAS_BACKEND is {name!r}, expected one of {', '.join(PACKAGES)}"
            f"{did_you_mean(name, PACKAGES)}"
        )
    if importlib.util.find_spec(PACKAGES[name]) is None:
        raise EnvironmentFault(
            f"KERAS_BACKEND is {name!r}, but {PACKAGES[name]} is not installed",
            hint=f"install it, or unset KERAS_BACKEND: pip install {PACKAGES[name]}",
        )
    return name


def start_backend(*, threads: int, log: Path | None = None) -> str:
    """Load Keras on its backend, and send what native code prints to a log.

    ``KERAS_BACKEND`` chooses the backend; TensorFlow is the default. Python's ``sys.stderr``
    still reaches the user; only the file descriptor that TensorFlow's C++ code writes to moves.
    Call it once in a process, before anything that imports Keras.

    Args:
        threads: CPU threads of one operation (TensorFlow; other backends choose their own).
        log: File to append the native output to; None discards it.

    Returns:
        The name of the backend.

    Raises:
        EnvironmentFault: If the backend is not there, or the log can't be written.
    """
    backend = os.environ["KERAS_BACKEND"] = chosen_backend()
    native = _move_native_stderr(log)
    try:
        with _uncollected():
            _load(backend, threads, native)
    except Exception as error:  # native code that can't be loaded says so in many ways
        raise EnvironmentFault(
            f"Keras can't be loaded with {backend}: {type(error).__name__}: {error}",
            hint="is there memory left? is the installation whole, and Keras' own keras.json?",
        ) from error
    return backend


def _load(backend: str, threads: int, native: TextIO) -> None:
    import keras

    keras.config.set_floatx("float32")
    keras.config.set_epsilon(1e-7)
    keras.config.set_image_data_format("channels_last")
    if backend == "tensorflow":
        _set_up_tensorflow(threads, native)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no garbage in what the block loads, now or ever: that takes a second and more."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _move_native_stderr(log: Path | None) -> TextIO:
    """Point descriptor 2 at the log, keep sys.stderr where it was, return a writer to the log."""
    target = _open_log(log)
    sys.stderr.flush()
    if _writes_to_descriptor_2(sys.stderr):
        sys.stderr = open(  # noqa: SIM115, PTH123 - it stays open for the life of the process
            os.dup(2), "w", encoding=sys.stderr.encoding, errors=sys.stderr.errors, buffering=1
        )
    os.dup2(target, 2)
    os.close(target)
    return open(2, "w", encoding="utf-8", buffering=1, closefd=False)


def _open_log(log: Path | None) -> int:
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        return os.open(log or os.devnull, flags, 0o666)
    except OSError as error:
        raise EnvironmentFault(f"can't write {log}: {error.strerror}") from error


def _writes_to_descriptor_2(stream: TextIO) -> bool:
    try:
        return stream.fileno() == 2
    except (OSError, io.UnsupportedOperation):
        return False


def _set_up_tensorflow(threads: int, native: TextIO) -> None:
    import tensorflow as tf

    for handler in tf.get_logger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(native)

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
