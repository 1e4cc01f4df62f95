"""Reader of IDX files, the format in which MNIST was published.

A file has a header of big-endian uint32 numbers, and then one byte per value. The header is 2051,
n, rows, columns for images, and 2049, n for labels. Its first number is the magic number.
"""

import gzip
import math
import os
import re
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import numpy as np

from stnctl.data.dataset import Arrays
from stnctl.data.sources.array_checks import check_image_form, check_label_form
from stnctl.data.sources.user_files import check_decompressed_size, open_user_file
from stnctl.errors import EnvironmentFault, InputError

_GZIP = b"\x1f\x8b"
"""First bytes of a gzip file, whatever its name."""

_NAME = re.compile(
    r"(?P<set>.*?)[-_.]?(?P<split>train|t10k|test)[-_.](?P<kind>images|labels)"
    r"([-_.]idx\d?)?([-_.]ubyte)?(\.gz)?",
    re.IGNORECASE,
)
"""Pattern of the name of an IDX file, such as emnist-letters-train-images-idx3-ubyte.gz."""

_EXPECTED = {
    "x_train": "train-images-idx3-ubyte",
    "y_train": "train-labels-idx1-ubyte",
    "x_test": "t10k-images-idx3-ubyte",
    "y_test": "t10k-labels-idx1-ubyte",
}

Files = dict[str, Path]
"""Name of an array -> its file."""


def find_idx_sets(folder: Path) -> dict[str, Files]:
    """Return the sets of IDX files in a folder, by name, such as emnist-letters; "" for MNIST.

    The names of the files begin with that of the set. They have "train", "t10k" or "test", and
    "images" or "labels". Of several files with the same array, the one with the shortest name
    counts.

    Raises:
        EnvironmentFault: If there is no permission to read the folder.
    """
    try:
        names = sorted((path.name for path in folder.iterdir() if not path.is_dir()), key=_order)
    except OSError as error:
        raise EnvironmentFault(f"can't read the folder {folder}: {error.strerror}") from error
    sets: dict[str, Files] = {}
    for name in names:
        if match := _NAME.fullmatch(name):
            letter = "x" if match["kind"].lower() == "images" else "y"
            split = "train" if match["split"].lower() == "train" else "test"
            sets.setdefault(match["set"], {}).setdefault(f"{letter}_{split}", folder / name)
    return sets


def read_idx(folder: Path, files: Mapping[str, Path]) -> Arrays:
    """Read the IDX files of a set. Files may be compressed by gzip, with any name.

    Args:
        folder: The folder, for messages.
        files: Name of an array -> its file; both files of the test set may be missing.

    Returns:
        Images (N, H, W) and labels (N,), all uint8.

    Raises:
        InputError: If a file is missing, damaged or too large, or does not have the content that
            its name declares.
        EnvironmentFault: If there is no permission to read a file.
    """
    has_test = "x_test" in files or "y_test" in files
    for name, expected in _EXPECTED.items():
        if name not in files and (has_test or name.endswith("train")):
            raise InputError(
                f"{folder} has no {name}, expected a file named like {expected} or {expected}.gz",
                hint="name a folder with IDX files, a folder with a folder of images for each "
                "class, or an .npz file",
            )
    return Arrays(**{name: read_idx_file(path, name) for name, path in files.items()})


def read_idx_file(path: Path, name: str) -> np.ndarray:
    """Read an IDX file.

    Args:
        path: The file.
        name: Name of the array: images if it begins with "x", otherwise labels.

    Raises:
        InputError: As in `read_idx`.
        EnvironmentFault: As in `read_idx`.
    """
    with open_user_file(path, "data set") as file:
        return parse_idx(file, os.fstat(file.fileno()).st_size, str(path), name)


def parse_idx(file: IO[bytes], num_bytes: int, where: str, name: str) -> np.ndarray:
    """Parse the content of an IDX file.

    Args:
        file: The open file, which can be sought.
        num_bytes: Its size.
        where: Name of the file in messages.
        name: As in `read_idx_file`.

    Raises:
        InputError: As in `read_idx`.
    """
    try:
        is_gzip = file.read(len(_GZIP)) == _GZIP
        file.seek(0)
        if is_gzip:
            with gzip.GzipFile(fileobj=file) as stream:
                return _parse(stream, where, name, num_bytes)
        return _parse(file, where, name, num_bytes)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(
            f"{where} is not a readable IDX file: {error}", hint="download it again"
        ) from error


def _order(name: str) -> tuple[int, str]:
    return len(name), name


def _parse(stream: IO[bytes] | gzip.GzipFile, where: str, name: str, packed: int) -> np.ndarray:
    images = name.startswith("x")
    ndim, magic = (3, 2051) if images else (1, 2049)
    header = stream.read(4 + 4 * ndim)
    if len(header) < 4 + 4 * ndim:
        raise InputError(f"{where} ends within its header of {4 + 4 * ndim} bytes")
    found, *sizes = struct.unpack(f">{1 + ndim}I", header)
    if found != magic:
        raise InputError(
            f"{where} begins with {found}, expected {magic}, the magic number of {name}"
        )
    check_form = check_image_form if images else check_label_form
    check_form(f"{where}: {name}", tuple(sizes), np.dtype(np.uint8))
    expected = math.prod(sizes)
    check_decompressed_size(where, packed, expected)
    data = stream.read(expected)
    if len(data) < expected or stream.read(1):  # the last read also verifies the checksum of a .gz
        size = f"{len(data):,}" if len(data) < expected else f"more than {expected:,}"
        raise InputError(f"{where} holds {size} values, expected {expected:,} for {tuple(sizes)}")
    return np.frombuffer(data, np.uint8).reshape(sizes)
