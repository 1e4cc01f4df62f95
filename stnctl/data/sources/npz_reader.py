"""A reader of .npz files that trusts nothing in them: no pickle, no size before its check."""

import functools
import math
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
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
from stnctl.data.sources.user_files import check_growth, open_user_file
from stnctl.errors import InputError, did_you_mean

MAX_MEMBERS = 64
"""The six arrays, and room for many that are not read: the true theta, names, attributes."""

MAX_DIRECTORY_BYTES = 2**20
"""The most that a .zip file may say of its members, which is read before they can be counted."""

Layout = Callable[[str, tuple[int, ...], np.dtype], tuple[int, ...]]
"""From place, stored shape and dtype to the shape to give, or an error: no value is read before."""

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
    """Read the arrays that ``keys`` names.

    Args:
        path: A regular file. Other members, up to `MAX_MEMBERS` in all, are not read.
        keys: The name of each array in the file. An array may have several parts to play.
        image_shape: What one image is, if the file keeps images as flat rows.

    Returns:
        Images (N, H, W[, C]) as they are stored, and labels (N,) of integers, also where the
        file has floats or one-hot rows; all in C order and native byte order.

    Raises:
        InputError: If the file is missing or damaged, if an array is missing, of another form
            than `image_layout` and `class_numbers` allow, or larger than `check_growth` allows.
        EnvironmentFault: If the system doesn't let it be opened.
    """
    wanted = {name: key for name, key in keys.model_dump().items() if key is not None}
    with open_user_file(path, "data set") as file:
        try:
            file.most = MAX_DIRECTORY_BYTES
            with zipfile.ZipFile(file) as archive:
                file.most = None
                return _arrays(archive, path, wanted, image_shape)
        except _DAMAGE as error:
            raise InputError(
                f"{path} is not a readable .npz file: {error}",
                hint="make it with numpy.savez_compressed, or get it once more",
            ) from error


def _arrays(
    archive: zipfile.ZipFile,
    path: Path,
    wanted: Mapping[str, str],
    image_shape: ImageShape | None,
) -> Arrays:
    members = _members(archive, path, wanted)
    unfold = functools.partial(image_layout, image_shape=image_shape)

    @functools.cache  # two names may stand for one array
    def read(key: str, letter: str) -> np.ndarray:
        where = f"{path}: {key}"
        if letter == "x":
            return _read(archive, where, members[key], unfold)
        return class_numbers(_read(archive, where, members[key], label_layout), where)

    return Arrays(**{name: read(key, name[0]) for name, key in wanted.items()})


def _members(
    archive: zipfile.ZipFile, path: Path, wanted: Mapping[str, str]
) -> dict[str, zipfile.ZipInfo]:
    """Return the members that are to be read, by key."""
    infos = archive.infolist()
    if len(infos) > MAX_MEMBERS:
        raise InputError(f"{path} has {len(infos)} members, expected at most {MAX_MEMBERS}")
    arrays = [info for info in infos if info.filename.endswith(".npy")]
    held = [info.filename.removesuffix(".npy") for info in arrays]
    for name, key in wanted.items():
        if held.count(key) != 1:
            raise _not_one(path, name, key, held, wanted.values())
    members = {key: arrays[held.index(key)] for key in wanted.values()}
    check_growth(str(path), path.stat().st_size, sum(info.file_size for info in members.values()))
    return members


def _not_one(
    path: Path, name: str, key: str, held: Sequence[str], taken: Collection[str]
) -> InputError:
    if key in held:
        return InputError(f"{path} has {held.count(key)} arrays named {key}, expected one")
    near = did_you_mean(key, [other for other in held if other not in taken])
    return InputError(
        f"{path} has no array named {key}{near}",
        hint=f"it holds {', '.join(held) or 'none'}; name the right one with `data.keys.{name}`",
    )


def _read(
    archive: zipfile.ZipFile, where: str, info: zipfile.ZipInfo, layout: Layout
) -> np.ndarray:
    check_growth(where, info.compress_size, info.file_size)
    if info.flag_bits & 1:
        raise InputError(f"{where} is encrypted, expected a plain member")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise InputError(
            f"{where} is compressed otherwise than NumPy does, by deflate or not at all"
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
        if version != (1, 0):  # later versions have headers of up to 4 GiB
            raise ValueError(f"version {version}, expected (1, 0)")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of headers that Python 2 wrote, and of odd literals
            shape, fortran_order, dtype = npy.read_array_header_1_0(stream)
    except Exception as error:  # NumPy evaluates the header as a Python literal
        raise InputError(f"{where} has no readable .npy header: {error}") from error
    return tuple(map(int, shape)), fortran_order, dtype
