"""Start of Keras and its backend, with default settings and redirected native output."""

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
from stnctl.models.native_crash import report_crashes
from stnctl.models.process_place import RESUME_TOGETHER, ProcessPlace
from stnctl.storage.cache_folder import cache_folder
from stnctl.storage.regular_file import RejectedFileError, open_regular_file

BACKENDS = {"tensorflow": ("tensorflow",), "jax": ("jax", "jaxlib"), "torch": ("torch",)}
"""Name of a Keras backend -> its packages, the main one first. Runs record their versions."""

_started_threads: list[int] = []
"""The number of threads with which the backend was started; empty before."""


def chosen_backend() -> str:
    """Return the name of the backend in the variable ``KERAS_BACKEND``, default "tensorflow".

    Raises:
        EnvironmentFault: If the name is not a key of `BACKENDS`, or the backend is not installed.
    """
    name = os.environ.get("KERAS_BACKEND") or "tensorflow"
    if name not in BACKENDS:
        raise EnvironmentFault(
            f"KERAS_BACKEND is {name!r}, expected one of {', '.join(BACKENDS)}"
            f"{did_you_mean(name, BACKENDS)}"
        )
    package = BACKENDS[name][0]
    if importlib.util.find_spec(package) is None:
        raise EnvironmentFault(
            f"KERAS_BACKEND is {name!r}, but {package} is not installed",
            hint=f"install it, or unset KERAS_BACKEND: pip install {package}",
        )
    return name


def start_backend(
    *, threads: int, log: Path | None = None, place: ProcessPlace = ProcessPlace()
) -> str:
    """Load Keras on the backend of `chosen_backend`, and redirect native output to a log.

    Native code, such as that of TensorFlow, writes to file descriptor 2, which is redirected.
    Messages to Python's ``sys.stderr`` still reach the original stderr, and so does the report of a
    crash of native code. Call this function before Keras is imported. A further call only redirects
    the native output to another log.

    Args:
        threads: Number of CPU threads.
        log: File to which native output is appended; None discards the output.
        place: Place of this process among several of JAX, which are connected at the first call.

    Returns:
        The name of the backend.

    Raises:
        EnvironmentFault: If the backend is not installed, or the log can't be written; or if the
            backend was started with another number of threads; or if the processes can't be
            connected.
    """
    backend = os.environ["KERAS_BACKEND"] = chosen_backend()
    if _started_threads not in ([], [threads]):
        raise EnvironmentFault(
            f"{backend} was started with {_started_threads[0]} threads, and can't change to "
            f"{threads}",
            hint="start another process",
        )
    _find_home()
    native = _move_native_stderr(log, place)
    if _started_threads:
        _redirect_logger(backend, native)
        return backend
    try:
        with _uncollected():
            _load(backend, threads, native, place)
    except EnvironmentFault:
        raise
    except Exception as error:  # native code that can't be loaded raises many kinds of errors
        raise EnvironmentFault(
            f"Keras can't be loaded with {backend}: {type(error).__name__}: {error}",
            hint="check free memory, the installation, and Keras' configuration file keras.json",
        ) from error
    _started_threads.append(threads)
    return backend


def is_started() -> bool:
    """Return whether `start_backend` has started a backend."""
    return bool(_started_threads)


def parts_of_batch(size: int) -> int:
    """Return the number of parts of a batch of ``size`` images; 1 if it can't be divided."""
    from stnctl.models.backend_threads import num_parts

    parts = num_parts(_started_threads[0]) if _started_threads else 1
    return 1 if size % parts else parts


def forget_models() -> None:
    """Release the memory of models that are not used any more, if Keras is loaded."""
    if _started_threads:
        import keras

        keras.utils.clear_session()
        gc.collect()


def _load(backend: str, threads: int, native: TextIO, place: ProcessPlace) -> None:
    import keras

    from stnctl.models.backend_threads import SET_UP
    from stnctl.models.process_place import connect

    keras.config.set_floatx("float32")
    keras.config.set_epsilon(1e-7)
    keras.config.set_image_data_format("channels_last")
    if place.count > 1:
        _move_native_stdout()
        connect(place)
    SET_UP[backend](threads)
    _redirect_logger(backend, native)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Disable garbage collection in the ``with`` block, where it would take seconds.

    Objects that exist at the end of the block are excluded from later collections.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _move_native_stderr(log: Path | None, place: ProcessPlace) -> TextIO:
    """Redirect descriptor 2 to the log, keep sys.stderr, and return a writer to the log."""
    target = _open_log(log)
    sys.stderr.flush()
    if _writes_to(sys.stderr, 2):
        sys.stderr = _copy_of(sys.stderr, buffering=1)
        report_crashes(sys.stderr.fileno(), _crash_message(log, place))
    os.dup2(target, 2)
    os.close(target)
    return open(2, "w", encoding="utf-8", buffering=1, closefd=False)


def _move_native_stdout() -> None:
    """Redirect descriptor 1 to the log, and keep sys.stdout: the library Gloo prints there."""
    sys.stdout.flush()
    if _writes_to(sys.stdout, 1):
        sys.stdout = _copy_of(sys.stdout, buffering=-1)
        os.dup2(2, 1)


def _copy_of(stream: TextIO, buffering: int) -> TextIO:
    """Return a stream to the same file, with a descriptor of its own."""
    return open(  # noqa: PTH123 - it stays open for the life of the process
        os.dup(stream.fileno()),
        "w",
        encoding=stream.encoding,
        errors=stream.errors,
        buffering=buffering,
    )


def _find_home() -> None:
    """Keep Keras' files in the cache if the user has no home folder, and not in ``./~``."""
    if os.path.expanduser("~") == "~":  # noqa: PTH111 - never fails
        os.environ.setdefault("KERAS_HOME", str(cache_folder() / "keras"))


def _crash_message(log: Path | None, place: ProcessPlace) -> str:
    where = f"; its messages are at the end of {log}" if log else ""
    if place.count == 1:
        return (
            f"\nerror native code of the backend ended the process{where}\n"
            "hint  check free memory, and the installation of the backend\n"
        )
    return (
        f"\nerror process {place.index} of {place.count} has lost another process, or its native "
        "code failed\n"
        f"hint  {RESUME_TOGETHER}\n"
    )


def _open_log(log: Path | None) -> int:
    if log is None:
        return os.open(os.devnull, os.O_WRONLY)
    try:
        return open_regular_file(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, follow_links=False)
    except RejectedFileError as error:
        raise EnvironmentFault(f"can't write to the log: {error}") from error
    except OSError as error:
        raise EnvironmentFault(f"can't write {log}: {error.strerror}") from error


def _writes_to(stream: TextIO, descriptor: int) -> bool:
    try:
        return stream.fileno() == descriptor
    except (OSError, io.UnsupportedOperation):
        return False


def _redirect_logger(backend: str, native: TextIO) -> None:
    """Redirect the messages of TensorFlow's Python code to the log."""
    if backend != "tensorflow":
        return
    import tensorflow as tf

    for handler in tf.get_logger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(native)
