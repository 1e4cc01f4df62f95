"""A reader of .npz files that trusts nothing in them: no pickle, no size before its check."""

import math
import struct
import zipfile
import zlib
from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy

from stnctl.data.checks import check_form
from stnctl.data.dataset import Arrays
from stnctl.data.files import check_growth, open_regular
from stnctl.errors import InputError

MAX_MEMBERS = 8
"""The four arrays, and room for as many that are not read."""

_DAMAGE = (
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
    struct.error,
    zlib.error,
    zipfile.BadZipFile,
)


def read_npz(path: Path) -> Arrays:
    """Read ``x_train``, ``y_train``, ``x_test`` and ``y_test``.

    Args:
        path: A regular file. Other members, up to `MAX_MEMBERS` in all, are not read.

    Returns:
        The arrays as they are stored, in C order and native byte order.

    Raises:
        InputError: If the file is missing or damaged, if an array is missing, of another form
            than `check_form` allows, or larger than `check_growth` allows.
        EnvironmentFault: If the system doesn't let it be opened.
    """
    with open_regular(path, "data set") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                members = _members(archive, path)
                return Arrays(*(_read(archive, path, name, info) for name, info in members.items()))
        except _DAMAGE as error:
            raise InputError(
                f"{path} is not a readable .npz file: {error}",
                hint="make it with numpy.savez_compressed, or get it once more",
            ) from error


def _members(archive: zipfile.ZipFile, path: Path) -> dict[str, zipfile.ZipInfo]:
    infos = archive.infolist()
    names = [info.filename for info in infos]
    if len(infos) > MAX_MEMBERS:
        raise InputError(f"{path} has {len(infos)} members, expected at most {MAX_MEMBERS}")
    for name in Arrays._fields:
        if names.count(f"{name}.npy") != 1:
            raise InputError(
                f"{path} has {names.count(f'{name}.npy')} arrays named {name}, expected one",
                hint=f"it holds: {', '.join(names) or 'nothing'}",
            )
    members = {name: infos[names.index(f"{name}.npy")] for name in Arrays._fields}
    check_growth(str(path), path.stat().st_size, sum(info.file_size for info in members.values()))
    return members


def _read(archive: zipfile.ZipFile, path: Path, name: str, info: zipfile.ZipInfo) -> np.ndarray:
    check_growth(f"{path}: {name}", info.compress_size, info.file_size)
    if info.flag_bits & 1:
        raise InputError(f"{path}: {name} is encrypted, expected a plain member")
    with archive.open(info) as stream:
        shape, fortran_order, dtype = _header(stream, f"{path}: {name}")
        check_form(str(path), name, shape, dtype)
        held, expected = info.file_size - stream.tell(), math.prod(shape) * dtype.itemsize
        if held != expected:
            raise InputError(
                f"{path}: {name} holds {held:,} bytes, expected {expected:,} for {shape} {dtype}"
            )
        flat = np.frombuffer(stream.read(expected), dtype)
    array = flat.reshape(shape, order="F" if fortran_order else "C")
    return np.ascontiguousarray(array, dtype.newbyteorder("="))


def _header(stream: IO[bytes], where: str) -> tuple[tuple[int, ...], bool, np.dtype]:
    try:
        version = npy.read_magic(stream)
        if version != (1, 0):  # later versions have headers of up to 4 GiB
            raise ValueError(f"version {version}, expected (1, 0)")
        shape, fortran_order, dtype = npy.read_array_header_1_0(stream)
    except Exception as error:  # NumPy evaluates the header as a Python literal
        raise InputError(f"{where} has no readable .npy header: {error}") from error
    return tuple(map(int, shape)), fortran_order, dtype
