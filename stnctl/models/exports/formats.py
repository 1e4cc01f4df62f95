"""Formats of exported models. The import of this module loads neither Keras nor a converter."""

import contextlib
import importlib.util
import logging
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stnctl.config.choices import EXPORT_FORMATS
from stnctl.errors import EnvironmentFault, UsageError
from stnctl.models.backend import chosen_backend
from stnctl.models.native_crash import drop_message


@dataclass(frozen=True)
class ExportFormat:
    """Format of an exported model.

    Attributes:
        file: Name of the exported file, or of its folder.
        write: Function of a Keras model and a path that writes the file.
        packages: Names of the modules that the format needs.
        extra: Name of the extra of stnctl with these packages; None if there are none.
        backends: Backends of Keras with which the format can be written.
        precisions: Values of `train.precision` that the format supports.
    """

    file: str
    write: Callable[[Any, Path], None]
    packages: tuple[str, ...] = ()
    extra: str | None = None
    backends: tuple[str, ...] = ("tensorflow",)
    precisions: tuple[str, ...] = ("float32",)

    def check(self, name: str, precision: str) -> None:
        """Check that a model can be exported, before anything is written.

        Args:
            name: Name of the format, for messages.
            precision: Value of `train.precision`.

        Raises:
            UsageError: If packages are missing, or the format does not support the precision.
            EnvironmentFault: If the format can't be written with the chosen backend.
        """
        missing = [each for each in self.packages if importlib.util.find_spec(each) is None]
        if missing:
            raise UsageError(
                f"--format {name} needs {' and '.join(missing)}, not installed",
                hint=f'pip install "stnctl[{self.extra}]"',
            )
        if precision not in self.precisions:
            raise UsageError(
                f"--format {name} has no layers in {precision}, the precision of the run",
                hint="export it with --format keras or saved_model",
            )
        if chosen_backend() not in self.backends:
            raise EnvironmentFault(
                f"--format {name} needs the backend {' or '.join(self.backends)}, but "
                f"KERAS_BACKEND is {chosen_backend()}",
                hint=f"set KERAS_BACKEND={self.backends[0]}",
            )


def _write_keras(model: Any, path: Path) -> None:
    model.save(path)


def _exporter(keras_name: str) -> Callable[[Any, Path], None]:
    """Return a function that exports a model by Keras."""

    def write(model: Any, path: Path) -> None:
        with _quiet():
            model.export(path, format=keras_name, verbose=False)

    return write


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Silence warnings and logs of converters, whose results are compared with the run anyway."""
    drop_message()
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


FORMATS: dict[str, ExportFormat] = dict(
    zip(
        EXPORT_FORMATS,
        (
            ExportFormat(
                "model.keras",
                _write_keras,
                backends=("tensorflow", "jax", "torch"),
                precisions=("float32", "bfloat16"),
            ),
            ExportFormat(
                "saved_model", _exporter("tf_saved_model"), precisions=("float32", "bfloat16")
            ),
            ExportFormat(
                "model.onnx", _exporter("onnx"), ("tf2onnx", "onnx", "onnxruntime"), "onnx"
            ),
            ExportFormat("model.tflite", _exporter("litert"), ("ai_edge_litert",), "litert"),
        ),
        strict=True,
    )
)
"""Formats by name, in the order of `EXPORT_FORMATS`."""
