"""Reader of untrusted .npz files. It reads no pickles, and checks each size before its use."""

import functools
import math
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy

from stnctl.config.data_section import ArrayKeys
from stnctl.data.dataset import Arrays
from stnctl.data.sources.array_layout import (
    ImageShape,
    class_numbers,
    image_layout,
    label_layout,
)
from stnctl.data.sources.user_files import check_decompressed_size, open_user_file
from stnctl.errors import InputError, did_you_mean

MAX_MEMBERS = 64
"""Maximum number of members of a file: six arrays, and other ones that are not read."""

MAX_DIRECTORY_BYTES = 2**20
"""Maximum size of the directory of a .zip file, which is read before members can be counted."""

Layout = Callable[[str, tuple[int, ...], np.dtype], tuple[int, ...]]
"""Function that checks the header of an array, and returns the shape of the array to return.

Its arguments are the name of the file and the array, the stored shape, and the dtype.
"""

_MAX_HEADER = 10_000  # as NumPy

_DAMAGE = (
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
    struct.error,
    zlib.error,
    zipfile.BadZipFile,
)


def read_npz(
    path: Path, keys: ArrayKeys = ArrayKeys(), image_shape: ImageShape | None = None
) -> Arrays:
    """Read the arrays of an .npz file that ``keys`` names.

    Args:
        path: A regular file with at most `MAX_MEMBERS` members.
        keys: The name of each array in the file. Several keys may name the same array.
        image_shape: (H, W) or (H, W, C) of one image, needed for flat images; None to keep the
            shape of the array.

    Returns:
        Images (N, H, W[, C]) with their stored values, and integer labels (N,), into which floats
        and one-hot labels are converted. All arrays are in C order and native byte order.

    Raises:
        InputError: If the file is missing or damaged, or an array is missing or too large, or does
            not have a valid shape, dtype or label, see `stnctl.data.sources.array_layout`.
        EnvironmentFault: If there is no permission to read the file.
    """
    wanted = {name: key for name, key in keys.model_dump().items() if key is not None}
    with open_user_file(path, "data set") as file:
        try:
            file.max_read_size = MAX_DIRECTORY_BYTES
            with zipfile.ZipFile(file) as archive:
                file.max_read_size = None
                return _arrays(archive, path, wanted, image_shape)
        except _DAMAGE as error:
            raise InputError(
                f"{path} is not a readable .npz file: {error}",
                hint="write it with numpy.savez_compressed, or download it again",
            ) from error


def _arrays(
    archive: zipfile.ZipFile,
    path: Path,
    wanted: Mapping[str, str],
    image_shape: ImageShape | None,
) -> Arrays:
    members = _members(archive, path, wanted)
    unfold = functools.partial(image_layout, image_shape=image_shape)

    @functools.cache  # two keys may name the same array
    def read(key: str, letter: str) -> np.ndarray:
        where = f"{path}: {key}"
        if letter == "x":
            return _read(archive, where, members[key], unfold)
        return class_numbers(_read(archive, where, members[key], label_layout), where)

    return Arrays(**{name: read(key, name[0]) for name, key in wanted.items()})


def _members(
    archive: zipfile.ZipFile, path: Path, wanted: Mapping[str, str]
) -> dict[str, zipfile.ZipInfo]:
    """Return the members to read, by key."""
    infos = archive.infolist()
    if len(infos) > MAX_MEMBERS:
        raise InputError(f"{path} has {len(infos)} members, expected at most {MAX_MEMBERS}")
    arrays = [info for info in infos if info.filename.endswith(".npy")]
    held = [info.filename.removesuffix(".npy") for info in arrays]
    for name, key in wanted.items():
        if held.count(key) != 1:
            raise _wrong_count(path, name, key, held, wanted.values())
    members = {key: arrays[held.index(key)] for key in wanted.values()}
    check_decompressed_size(
        str(path), path.stat().st_size, sum(info.file_size for info in members.values())
    )
    return members


def _wrong_count(
    path: Path, name: str, key: str, held: Sequence[str], taken: Collection[str]
) -> InputError:
    if key in held:
        return InputError(f"{path} has {held.count(key)} arrays named {key}, expected one")
    near = did_you_mean(key, [other for other in held if other not in taken])
    return InputError(
        f"{path} has no array named {key}{near}",
        hint=f"it has {', '.join(held) or 'no arrays'}; name the right one with `data.keys.{name}`",
    )


def _read(
    archive: zipfile.ZipFile, where: str, info: zipfile.ZipInfo, layout: Layout
) -> np.ndarray:
    check_decompressed_size(where, info.compress_size, info.file_size)
    if info.flag_bits & 1:
        raise InputError(f"{where} is encrypted, expected a plain member")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise InputError(
            f"{where} has an unsupported compression, expected deflate or none, as NumPy writes"
        )
    with archive.open(info) as stream:
        shape, fortran_order, dtype = _header(stream, where)
        target = layout(where, shape, dtype)
        held, expected = info.file_size - stream.tell(), math.prod(shape) * dtype.itemsize
        if held != expected:
            raise InputError(
                f"{where} holds {held:,} bytes, expected {expected:,} for {shape} {dtype}"
            )
        flat = np.frombuffer(stream.read(expected), dtype)
    array = flat.reshape(shape, order="F" if fortran_order else "C")
    return np.ascontiguousarray(array, dtype.newbyteorder("=")).reshape(target)


def _header(stream: IO[bytes], where: str) -> tuple[tuple[int, ...], bool, np.dtype]:
    try:
        version = npy.read_magic(stream)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about headers from Python 2, and odd literals
            if version == (1, 0):
                shape, fortran_order, dtype = npy.read_array_header_1_0(stream)
            elif version in ((2, 0), (3, 0)):  # only names of fields are encoded differently
                shape, fortran_order, dtype = npy.read_array_header_2_0(_bounded_header(stream))
            else:
                raise ValueError(f"version {version}, expected (1, 0), (2, 0) or (3, 0)")
    except Exception as error:  # NumPy evaluates the header as a Python literal
        raise InputError(f"{where} has no readable .npy header: {error}") from error
    return tuple(map(int, shape)), fortran_order, dtype


def _bounded_header(stream: IO[bytes]) -> BytesIO:
    """Return a header of version 2.0 or 3.0, which declares its length in 4 bytes: up to 4 GiB.

    Raises:
        ValueError: If it is longer than `_MAX_HEADER`.
    """
    length = stream.read(4)
    if (num_bytes := int.from_bytes(length, "little")) > _MAX_HEADER:
        raise ValueError(f"it has {num_bytes:,} bytes, expected at most {_MAX_HEADER:,}")
    return BytesIO(length + stream.read(num_bytes))
