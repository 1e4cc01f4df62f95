"""Conversion between named arrays and the bytes of an .npz file, without pickle."""

import math
import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import numpy as np

_BITS = {"int": (8, 16, 32, 64), "uint": (8, 16, 32, 64), "float": (16, 32, 64)}
STORABLE = (
    "bool",
    *(f"{kind}{bits}" for kind, sizes in _BITS.items() for bits in sizes),
    *("complex64", "complex128"),
)
"""Names of the supported dtypes."""

_FORMAT = (1, 0)
_MAX_DIMENSIONS = 16
_MAX_NAME = 512
_ENTRY = b"PK\1\2"  # signature of an entry in the central directory of a zip file


def pack_arrays(arrays: Mapping[str, np.ndarray]) -> bytes:
    """Return ``arrays`` as an uncompressed .npz file. Equal arrays give equal bytes.

    Args:
        arrays: Arrays of booleans or numbers, of any shape, by name.

    Raises:
        ValueError: If the dtype of an array is not in `STORABLE`.
    """
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            if array.dtype.name not in STORABLE:
                raise ValueError(f"array {name!r} must hold numbers, got dtype {array.dtype}")
            # a ZipInfo has the fixed date of 1980
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, version=_FORMAT, allow_pickle=False)
    return buffer.getvalue()


def describe_arrays(arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Return shape and dtype by name, as in ``{"a": {"shape": [2, 3], "dtype": "float32"}}``."""
    return {name: _describe(array.shape, array.dtype) for name, array in arrays.items()}


def check_array_descriptions(description: Mapping[str, Any], num_bytes: int) -> None:
    """Raise if no .npz file of ``num_bytes`` bytes can have arrays with this description.

    Args:
        description: A result of `describe_arrays` that was read from a file. It is not trusted.
        num_bytes: Size of the .npz file.

    Raises:
        ValueError: If a name, a shape or a dtype is not valid, or the arrays are too large.
    """
    total = 0
    for name, entry in description.items():
        if not _is_name(name):
            raise ValueError(f"an array can't be named {name[:_MAX_NAME]!r}")
        if not _is_entry(entry):
            raise ValueError(f"array {name!r} must have a shape and a dtype of numbers")
        total += math.prod(entry["shape"]) * np.dtype(entry["dtype"]).itemsize
    if total > num_bytes:
        raise ValueError(f"its arrays need {total:,} bytes, the file has {num_bytes:,}")


def unpack_any_arrays(data: bytes, max_arrays: int) -> dict[str, np.ndarray]:
    """Return all arrays of an .npz file, of any names, shapes and dtypes.

    ``data`` is not trusted, as in `unpack_arrays`.

    Args:
        data: The content of the file.
        max_arrays: Maximum number of arrays.

    Raises:
        ValueError: If the file is damaged, or an array is not one that `pack_arrays` stores.
        MemoryError: If there is too little memory for the arrays.
    """
    try:
        description = _read_description(data, max_arrays)
    except Exception as error:  # as in unpack_arrays
        raise ValueError(f"it is not an .npz file: {error}") from error
    check_array_descriptions(description, len(data))
    return unpack_arrays(data, description)


def unpack_arrays(data: bytes, expected: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Return the arrays of an .npz file, which must be exactly the ``expected`` ones.

    ``data`` is not trusted: pickles, compressed arrays, and shapes that need more bytes than the
    array has are rejected. An array is allocated only after the check of its name, shape and dtype,
    so that memory is needed only for ``data`` and the arrays.

    Args:
        data: The content of the file.
        expected: The result of `describe_arrays` for the packed arrays, which has passed
            `check_array_descriptions`.

    Returns:
        The arrays by name, in the order of packing.

    Raises:
        ValueError: If the file is damaged, or its arrays differ from the expected ones.
        MemoryError: If there is too little memory for the arrays.
    """
    try:
        return _read(data, expected)
    except MemoryError:
        raise
    except Exception as error:  # zipfile and numpy raise many kinds of errors on a damaged file
        raise ValueError(f"it is not an .npz file of the expected arrays: {error}") from error


def _read(data: bytes, expected: Mapping[str, Any]) -> dict[str, np.ndarray]:
    if data.count(_ENTRY) > 2 * len(expected) + 100:  # values can contain the signature by chance
        raise ValueError("it has too many parts")
    with zipfile.ZipFile(BytesIO(data)) as archive:
        members = {member.filename.removesuffix(".npy"): member for member in archive.infolist()}
        _check_members(archive.infolist(), len(data))
        for name in sorted(members.keys() ^ expected.keys()):
            raise ValueError(f"array {name!r} is {'missing' if name in expected else 'unexpected'}")
        return {name: _read_array(archive, members[name], expected[name]) for name in members}


def _read_description(data: bytes, max_arrays: int) -> dict[str, Any]:
    if data.count(_ENTRY) > 2 * max_arrays + 100:
        raise ValueError("it has too many parts")
    with zipfile.ZipFile(BytesIO(data)) as archive:
        members = archive.infolist()
        if len(members) > max_arrays:
            raise ValueError(f"it has {len(members)} arrays, expected at most {max_arrays}")
        _check_members(members, len(data))
        return {each.filename.removesuffix(".npy"): _read_header(archive, each) for each in members}


def _read_header(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> dict[str, Any]:
    with archive.open(member) as file:
        if (version := np.lib.format.read_magic(file)) != _FORMAT:
            raise ValueError(f"the .npy format must be {_FORMAT}, got {version}")
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
    return _describe(shape, dtype)


def _check_members(members: list[zipfile.ZipInfo], num_bytes: int) -> None:
    if any(member.compress_type != zipfile.ZIP_STORED for member in members):
        raise ValueError("a part of it is compressed")
    if sum(member.file_size for member in members) > num_bytes:
        raise ValueError("its parts are larger than the file")
    if len({member.filename for member in members}) < len(members):
        raise ValueError("two of its parts have the same name")
    if not all(member.filename.endswith(".npy") for member in members):
        raise ValueError("a part of it is not an array")


def _read_array(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, expected: Mapping[str, Any]
) -> np.ndarray:
    with archive.open(member) as file:
        version = np.lib.format.read_magic(file)
        if version != _FORMAT:
            raise ValueError(f"the .npy format must be {_FORMAT}, got {version}")
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
        if (found := _describe(shape, dtype)) != expected:
            raise ValueError(f"{member.filename} must be {expected}, the file has {found}")
        if math.prod(shape) * dtype.itemsize != member.file_size - file.tell():
            raise ValueError(f"{member.file_size} bytes can't hold {dtype} of shape {shape}")
        file.seek(0)
        return np.lib.format.read_array(file, allow_pickle=False)


def _describe(shape: tuple[int, ...], dtype: np.dtype) -> dict[str, Any]:
    return {"shape": list(shape), "dtype": dtype.name}


def _is_name(name: str) -> bool:
    parts = name.split("/")
    return name.isprintable() and len(name) <= _MAX_NAME and not {"", ".", ".."} & set(parts)


def _is_entry(entry: Any) -> bool:
    if not isinstance(entry, dict) or entry.keys() != {"shape", "dtype"}:
        return False
    shape, dtype = entry["shape"], entry["dtype"]
    if not isinstance(shape, list) or len(shape) > _MAX_DIMENSIONS:
        return False
    return all(type(size) is int and 0 <= size < 2**32 for size in shape) and dtype in STORABLE
