"""Export of the model of a run, which is compared with the run before it gets its name."""

import importlib.metadata
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from stnctl.errors import EnvironmentFault
from stnctl.evaluation.loaded_run import LoadedRun
from stnctl.models.exports import read_export
from stnctl.models.exports.formats import FORMATS
from stnctl.storage.disk import explain_os_errors, make_folder
from stnctl.storage.json_files import write_json
from stnctl.storage.temporary import temporary_beside

DOCUMENT = "export.json"
"""Name of the file that describes an exported model."""

TOLERANCE = 1e-5
"""Largest difference of a logit, as a share of the largest absolute logit if that is above 1."""

MAX_COMPARED = 64
"""Maximum number of test images for which the outputs are compared."""

_TIMEOUT = 600.0
_PACKAGES = ("stnctl", "keras", "tensorflow", "numpy")
_SHOWN = 300  # characters of an error of a converter


def export_run(
    loaded: LoadedRun, format_name: str, folder: Path, *, checkpoint: str
) -> dict[str, Any]:
    """Export the model of a run, and return the content of its export.json.

    A fresh process reads the exported model, and computes the logits of test images. They are
    compared with those of the run. The folder is created only after that; an existing folder is
    then replaced.

    Args:
        loaded: The run.
        format_name: A key of `FORMATS`.
        folder: The folder of the exported model and its export.json.
        checkpoint: Name of the loaded checkpoint, "best" or "last".

    Raises:
        UsageError: As in `ExportFormat.check`.
        EnvironmentFault: As in `ExportFormat.check`; if the format can't represent the network, its
            outputs differ from those of the run, or the files can't be written. An existing folder
            is then unchanged.
    """
    found = FORMATS[format_name]
    found.check(format_name, loaded.config.train.precision)
    examples = loaded.examples("test")
    indices = np.arange(min(len(examples), MAX_COMPARED))
    U, expected = examples.inputs(indices), loaded.predict(examples, indices)
    make_folder(folder.parent)
    temporary = temporary_beside(folder)
    try:
        with explain_os_errors(folder, safe="nothing was written"):
            temporary.mkdir()
            path = temporary / found.file
            _write(loaded, format_name, path)
            difference = _difference(format_name, path, U, expected)
            document = _document(loaded, format_name, checkpoint, len(U), difference)
            write_json(temporary / DOCUMENT, document)
            _put_in_place(temporary, folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return document


def _write(loaded: LoadedRun, format_name: str, path: Path) -> None:
    """Write the model, without compiled parts, which converters do not know."""
    import keras

    from stnctl.models.build import build_model
    from stnctl.models.compiled import plain_functions

    try:
        with plain_functions():
            model = build_model(loaded.config, loaded.job.network)
            model.set_weights(loaded.model.get_weights())
            exported = keras.Model(model.input, model.output, name="stnctl")
            exported(np.zeros((1, *loaded.job.input_shape), np.float32))  # converters need a call
            FORMATS[format_name].write(exported, path)
    except OSError:
        raise
    except Exception as error:  # converters raise many types
        raise EnvironmentFault(
            f"the network of {loaded.run.name} can't be exported as {format_name}: "
            f"{_one_line(str(error))}",
            hint="use another --format",
        ) from error


def _difference(format_name: str, path: Path, U: np.ndarray, expected: np.ndarray) -> float:
    """Return the largest difference between the logits of an exported model and the expected ones.

    Raises:
        EnvironmentFault: If it is above `TOLERANCE`, or the model can't be read.
    """
    inputs, outputs = path.parent / "inputs.npy", path.parent / "outputs.npy"
    np.save(inputs, U)
    command = [sys.executable, "-P", read_export.__file__, format_name, *map(str, (path, inputs))]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
    try:
        done = subprocess.run(  # noqa: S603 - our own program and arguments
            [*command, str(outputs)],
            env=environment,
            capture_output=True,
            timeout=_TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise EnvironmentFault(
            f"the exported model gave no outputs within {_TIMEOUT:g} seconds"
        ) from error
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
        raise EnvironmentFault(
            f"the exported model can't be used: {_one_line(lines[-1])}", hint="use another --format"
        )
    found = np.load(outputs, allow_pickle=False)
    inputs.unlink()
    outputs.unlink()
    scale = max(1.0, float(np.abs(expected).max()))
    difference = float(np.abs(found - expected).max())
    if not difference <= TOLERANCE * scale:
        raise EnvironmentFault(
            f"the logits of the exported model differ by up to {difference:.2g} from those of the "
            f"run, expected at most {TOLERANCE * scale:.2g}: nothing was written",
            hint="use another --format, and report it",
        )
    return difference


def _document(
    loaded: LoadedRun, format_name: str, checkpoint: str, num_compared: int, difference: float
) -> dict[str, Any]:
    """Return the content of export.json."""
    found = FORMATS[format_name]
    height, width, channels = loaded.job.input_shape
    highest = 1 if loaded.config.data.pixels == "unit" else 255
    packages = [*_PACKAGES, *(each.replace("_", "-") for each in found.packages)]
    return {
        "run": loaded.run.name,
        "checkpoint": checkpoint,
        "epoch": loaded.num_epochs,
        "format": format_name,
        "file": found.file,
        "input": {
            "shape": [None, height, width, channels],
            "dtype": "float32",
            "range": [0, highest],
        },
        "output": {"meaning": "logits", "shape": [None, loaded.job.num_classes]},
        "classes": list(loaded.job.class_names),
        "largest_difference": difference,
        "num_compared": num_compared,
        "versions": {each: importlib.metadata.version(each) for each in packages},
    }


def _put_in_place(temporary: Path, folder: Path) -> None:
    """Rename a complete folder to its name; an existing folder is removed."""
    old = temporary_beside(folder)
    if os.path.lexists(folder):
        folder.rename(old)
    temporary.rename(folder)
    if old.is_symlink() or old.is_file():
        old.unlink()
    else:
        shutil.rmtree(old, ignore_errors=True)


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]} ..."
