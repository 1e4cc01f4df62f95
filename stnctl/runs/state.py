"""Named arrays as the bytes of an .npz file, and back, without pickle."""

import math
import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import numpy as np

_STORABLE_KINDS = "biufc"
_FORMAT = (1, 0)


def pack(arrays: Mapping[str, np.ndarray]) -> bytes:
    """Return ``arrays`` as an uncompressed .npz file. Equal arrays give equal bytes.

    Args:
        arrays: By name, of any shape; booleans or numbers.

    Raises:
        ValueError: If an array holds something else.
    """
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            if array.dtype.kind not in _STORABLE_KINDS:
                raise ValueError(f"array {name!r} must hold numbers, got dtype {array.dtype}")
            # a ZipInfo has the date of 1980, whenever it is made
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, version=_FORMAT, allow_pickle=False)
    return buffer.getvalue()


def describe(arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Return ``{name: {"shape": [...], "dtype": "float32"}}`` of ``arrays``, for `unpack`."""
    return {
        name: {"shape": list(array.shape), "dtype": array.dtype.name}
        for name, array in arrays.items()
    }


def unpack(data: bytes, expected: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Return the arrays of an .npz file that holds just what is ``expected``.

    Nothing in ``data`` is trusted: no pickle, no compression, and no array larger than its bytes.

    Args:
        data: The file.
        expected: What `describe` said of the arrays when they were packed.

    Returns:
        The arrays by name, in the order in which they were packed.

    Raises:
        ValueError: If the file holds something else. The message names the array.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            arrays = _read_members(archive, len(data))
    except Exception as error:  # zipfile and numpy raise many kinds of errors on a damaged file
        raise ValueError(f"it is not an .npz file of plain arrays: {error}") from error
    found = describe(arrays)
    for name in sorted(found.keys() | expected.keys()):
        if found.get(name) != expected.get(name):
            raise ValueError(
                f"array {name!r} must be {expected.get(name)}, the file has {found.get(name)}"
            )
    return arrays


def _read_members(archive: zipfile.ZipFile, num_bytes: int) -> dict[str, np.ndarray]:
    members = archive.infolist()
    if any(member.compress_type != zipfile.ZIP_STORED for member in members):
        raise ValueError("a part of it is compressed")
    if sum(member.file_size for member in members) > num_bytes:
        raise ValueError("its parts are larger than the whole")
    return {
        member.filename.removesuffix(".npy"): _read_array(archive.read(member))
        for member in members
    }


def _read_array(data: bytes) -> np.ndarray:
    stream = BytesIO(data)
    version = np.lib.format.read_magic(stream)
    if version != _FORMAT:
        raise ValueError(f"the .npy format must be {_FORMAT}, got {version}")
    shape, _, dtype = np.lib.format.read_array_header_1_0(stream)
    if math.prod(shape) * dtype.itemsize != len(data) - stream.tell():
        raise ValueError(f"{len(data)} bytes can't hold {dtype} of shape {shape}")
    stream.seek(0)
    return np.lib.format.read_array(stream, allow_pickle=False)
