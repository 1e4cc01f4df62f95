"""Writer of compressed .npz files, chunk by chunk, for arrays larger than memory."""

import hashlib
import math
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.lib import format as npy

from stnctl.storage.atomic import atomic_writer

_MEMBER_TIME = (1980, 1, 1, 0, 0, 0)
"""Fixed time of all members, the earliest in a .zip, so that equal arrays give equal files."""


@dataclass(frozen=True, eq=False)
class ArrayChunks:
    """An array that is given in chunks along its first axis.

    Attributes:
        name: Name of the array in the file.
        shape: Shape of the array, (N, ...).
        dtype: Dtype of the array. The file stores the values in little-endian byte order.
        chunks: Arrays (M, ...) in order. Their lengths M add up to N.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype
    chunks: Iterable[np.ndarray]

    @classmethod
    def of(cls, name: str, array: np.ndarray) -> "ArrayChunks":
        """Return an array (N, ...) as a single chunk."""
        return cls(name, array.shape, array.dtype, [array])


class WrittenArray(NamedTuple):
    """Description of an array in an .npz file.

    Attributes:
        shape: Shape of the array, (N, ...).
        dtype: Name of the dtype, such as "uint8"; NumPy's code for a text dtype, such as "<U6".
        num_bytes: Uncompressed size in bytes.
        sha256: SHA-256 (hex) of the uncompressed values, in C order, little-endian.
    """

    shape: tuple[int, ...]
    dtype: str
    num_bytes: int
    sha256: str


def write_npz(path: Path, arrays: Iterable[ArrayChunks]) -> dict[str, WrittenArray]:
    """Write arrays in the format of `numpy.savez_compressed`, by `atomic_writer`.

    Only one chunk is in memory, because each array is taken from ``arrays`` after the previous one
    is written. Equal arrays give equal bytes, for any division into chunks.

    Args:
        path: The file. Its folder must exist. A link at ``path`` is replaced, never followed.
        arrays: The arrays, in the order of the file.

    Returns:
        Descriptions of the written arrays, by name.

    Raises:
        EnvironmentFault: As in `atomic_writer`.
        ValueError: If chunks do not match the shape or dtype of their array. An earlier file at
            ``path`` is then unchanged.
    """
    with atomic_writer(path) as file, zipfile.ZipFile(file, "w") as archive:
        return {array.name: _write_member(archive, array) for array in arrays}


def _write_member(archive: zipfile.ZipFile, array: ArrayChunks) -> WrittenArray:
    dtype = array.dtype.newbyteorder("<")
    descr = npy.dtype_to_descr(dtype)
    header = {"descr": descr, "fortran_order": False, "shape": array.shape}
    member = zipfile.ZipInfo(f"{array.name}.npy", _MEMBER_TIME)
    member.compress_type = zipfile.ZIP_DEFLATED
    digest, length = hashlib.sha256(), 0
    with archive.open(member, "w", force_zip64=True) as stream:
        npy.write_array_header_1_0(stream, header)
        for chunk in array.chunks:
            if (chunk.shape[1:], chunk.dtype) != (array.shape[1:], array.dtype):
                raise ValueError(
                    f"{array.name}: expected chunks of {array.shape} {array.dtype}, "
                    f"got {chunk.shape} {chunk.dtype}"
                )
            data = np.ascontiguousarray(chunk, dtype).tobytes()
            stream.write(data)
            digest.update(data)
            length += len(chunk)
    if length != array.shape[0]:
        raise ValueError(f"{array.name}: expected {array.shape[0]} items, got {length}")
    num_bytes = math.prod(array.shape) * dtype.itemsize
    name = dtype.str if dtype.kind == "U" else dtype.name
    return WrittenArray(array.shape, name, num_bytes, digest.hexdigest())
