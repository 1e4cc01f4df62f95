"""A writer of .npz files that are larger than what should be held in memory."""

import hashlib
import math
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.lib import format as npy

from stnctl.storage.atomic import fsync_directory, replacing, unchanged_note
from stnctl.storage.disk import explain_os_errors

OLDEST = (1980, 1, 1, 0, 0, 0)
"""The time that members get, the first that a .zip can say: the same arrays give the same file."""


@dataclass(frozen=True, eq=False)
class ArrayChunks:
    """An array that comes piece by piece.

    Attributes:
        name: What it is called in the file.
        shape: (n, ...).
        dtype: What its values are; written little-endian.
        pieces: Arrays (m, ...) whose lengths m add up to n.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype
    pieces: Iterable[np.ndarray]

    @classmethod
    def of(cls, name: str, array: np.ndarray) -> "ArrayChunks":
        """Return an array as its only piece."""
        return cls(name, array.shape, array.dtype, [array])


class WrittenArray(NamedTuple):
    """An array in a file.

    Attributes:
        shape: (n, ...).
        dtype: The name of its dtype; of text, NumPy's code, such as "<U6".
        num_bytes: How much it unpacks to.
        sha256: Of its values, in C order and little-endian.
    """

    shape: tuple[int, ...]
    dtype: str
    num_bytes: int
    sha256: str


def write_npz(path: Path, arrays: Iterable[ArrayChunks]) -> dict[str, WrittenArray]:
    """Write arrays as `numpy.savez_compressed` does, whole or not at all.

    Each is asked for when those before it are written, and no more than a piece is held. The same
    arrays give the same bytes.

    Args:
        path: The file. Its folder exists. A link at ``path`` is replaced, never followed.
        arrays: In the order of the file.

    Returns:
        What was written, by name.

    Raises:
        EnvironmentFault: If it can't be written. The earlier file is then unchanged.
        ValueError: If pieces are not what was said of them. The same holds.
    """
    with (
        explain_os_errors(path, safe=unchanged_note(path)),
        replacing(path) as file,
        zipfile.ZipFile(file, "w") as archive,
    ):
        written = {array.name: _write_member(archive, array) for array in arrays}
    with explain_os_errors(
        path.parent, safe=f"{path.name} is new and whole, but may not outlast a power cut"
    ):
        fsync_directory(path.parent)
    return written


def _write_member(archive: zipfile.ZipFile, array: ArrayChunks) -> WrittenArray:
    dtype = array.dtype.newbyteorder("<")
    descr = npy.dtype_to_descr(dtype)
    header = {"descr": descr, "fortran_order": False, "shape": array.shape}
    member = zipfile.ZipInfo(f"{array.name}.npy", OLDEST)
    member.compress_type = zipfile.ZIP_DEFLATED
    digest, length = hashlib.sha256(), 0
    with archive.open(member, "w", force_zip64=True) as stream:
        npy.write_array_header_1_0(stream, header)
        for piece in array.pieces:
            if (piece.shape[1:], piece.dtype) != (array.shape[1:], array.dtype):
                raise ValueError(f"{array.name}: {piece.shape} {piece.dtype} is no piece of it")
            data = np.ascontiguousarray(piece, dtype).tobytes()
            stream.write(data)
            digest.update(data)
            length += len(piece)
    if length != array.shape[0]:
        raise ValueError(f"{array.name}: {length} of {array.shape[0]} came")
    num_bytes = math.prod(array.shape) * dtype.itemsize
    name = dtype.str if dtype.kind == "U" else dtype.name
    return WrittenArray(array.shape, name, num_bytes, digest.hexdigest())
