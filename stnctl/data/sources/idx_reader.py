"""Reader of IDX files, the format in which MNIST was published.

A file has a header of big-endian uint32 numbers, and then one byte per value. The header is 2051,
n, rows, columns for images, and 2049, n for labels. Its first number is the magic number.
"""

import gzip
import math
import os
import struct
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np

from stnctl.data.dataset import Arrays
from stnctl.data.sources.array_checks import check_image_form, check_label_form
from stnctl.data.sources.user_files import check_decompressed_size, open_user_file
from stnctl.errors import EnvironmentFault, InputError

_GZIP = b"\x1f\x8b"
"""First bytes of a gzip file, whatever its name."""

_STEMS = {
    "x_train": ("train-images", "idx3-ubyte"),
    "y_train": ("train-labels", "idx1-ubyte"),
    "x_test": ("t10k-images", "idx3-ubyte"),
    "y_test": ("t10k-labels", "idx1-ubyte"),
}


def read_idx(folder: Path) -> Arrays:
    """Read the four IDX files of a folder.

    Args:
        folder: The folder of train-images-idx3-ubyte, train-labels-idx1-ubyte,
            t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte. The names may have a dot instead of
            the dash before "idx", and may have the suffix .gz. Any file may be compressed by gzip.

    Returns:
        Images (N, H, W) and labels (N,), all uint8.

    Raises:
        InputError: If a file is missing, damaged or too large, or does not have the content that
            its name declares.
        EnvironmentFault: If there is no permission to read a file or the folder.
    """
    try:
        paths = {name: _find(folder, name) for name in _STEMS}
    except OSError as error:
        raise EnvironmentFault(f"can't read the folder {folder}: {error.strerror}") from error
    return Arrays(**{name: _read(path, name) for name, path in paths.items()})


def _find(folder: Path, name: str) -> Path:
    stem, kind = _STEMS[name]
    names = [f"{stem}{separator}{kind}{suffix}" for separator in "-." for suffix in ("", ".gz")]
    for path in (folder / name for name in names):
        if path.exists() and not path.is_dir():
            return path
    raise InputError(
        f"{folder} has no {name}, expected a file named {', '.join(names[:-1])} or {names[-1]}",
        hint="name a folder with the four IDX files of MNIST's format, or an .npz file",
    )


def _read(path: Path, name: str) -> np.ndarray:
    with open_user_file(path, "data set") as file:
        packed = os.fstat(file.fileno()).st_size
        try:
            if file.peek(2)[:2] == _GZIP:
                with gzip.GzipFile(fileobj=file) as stream:
                    return _parse(stream, path, name, packed)
            return _parse(file, path, name, packed)
        except (OSError, EOFError, zlib.error) as error:
            raise InputError(
                f"{path} is not a readable IDX file: {error}", hint="download it again"
            ) from error


def _parse(stream: BinaryIO | gzip.GzipFile, path: Path, name: str, packed: int) -> np.ndarray:
    images = name.startswith("x")
    ndim, magic = (3, 2051) if images else (1, 2049)
    header = stream.read(4 + 4 * ndim)
    if len(header) < 4 + 4 * ndim:
        raise InputError(f"{path} ends within its header of {4 + 4 * ndim} bytes")
    found, *sizes = struct.unpack(f">{1 + ndim}I", header)
    if found != magic:
        raise InputError(
            f"{path} begins with {found}, expected {magic}, the magic number of {name}"
        )
    check_form = check_image_form if images else check_label_form
    check_form(f"{path}: {name}", tuple(sizes), np.dtype(np.uint8))
    expected = math.prod(sizes)
    check_decompressed_size(str(path), packed, expected)
    data = stream.read(expected)
    if len(data) < expected or stream.read(1):  # the last read also verifies the checksum of a .gz
        size = f"{len(data):,}" if len(data) < expected else f"more than {expected:,}"
        raise InputError(f"{path} holds {size} values, expected {expected:,} for {tuple(sizes)}")
    return np.frombuffer(data, np.uint8).reshape(sizes)
