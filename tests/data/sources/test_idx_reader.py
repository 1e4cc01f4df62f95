import gzip
import os
import struct

import numpy as np
import pytest

from stnctl.data.sources.idx_reader import find_idx_sets
from stnctl.data.sources.idx_reader import read_idx as read_files
from stnctl.errors import EnvironmentFault, InputError

NAMES = {
    "x_train": "train-images-idx3-ubyte",
    "y_train": "train-labels-idx1-ubyte",
    "x_test": "t10k-images-idx3-ubyte",
    "y_test": "t10k-labels-idx1-ubyte",
}


def idx(array) -> bytes:
    magic = 2051 if array.ndim == 3 else 2049
    return struct.pack(f">{1 + array.ndim}I", magic, *array.shape) + array.tobytes()


def read_idx(folder):
    """Read the only set of a folder."""
    return read_files(folder, find_idx_sets(folder).get("", {}))


@pytest.fixture
def folder(tmp_path, arrays):
    for name, array in arrays.named().items():
        (tmp_path / NAMES[name]).write_bytes(idx(array))
    return tmp_path


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("separator", ["-", "."])
def test_read_idx_roundtrip(tmp_path, arrays, separator, suffix):
    for name, array in arrays.named().items():
        data = idx(array)
        path = tmp_path / (NAMES[name].replace("-idx", f"{separator}idx") + suffix)
        path.write_bytes(gzip.compress(data) if suffix else data)
    found = read_idx(tmp_path)
    for name, array in arrays.named().items():
        np.testing.assert_array_equal(getattr(found, name), array)


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_read_idx_by_content(folder, arrays, suffix):
    """Many copies of MNIST are compressed without a suffix, or the reverse."""
    for file in NAMES.values():
        path = folder / file
        data = path.read_bytes()
        path.unlink()
        (folder / (file + suffix)).write_bytes(data if suffix else gzip.compress(data))
    np.testing.assert_array_equal(read_idx(folder).x_train, arrays.x_train)
    np.testing.assert_array_equal(read_idx(folder).y_test, arrays.y_test)


def test_read_idx_ignores_folders(folder, arrays):
    (folder / "train-images-idx3-ubyte").rename(folder / "train-images.idx3-ubyte")
    (folder / "train-images-idx3-ubyte").mkdir()
    np.testing.assert_array_equal(read_idx(folder).x_train, arrays.x_train)


def test_read_idx_rejects_missing(folder):
    (folder / NAMES["y_test"]).unlink()
    with pytest.raises(
        InputError, match="has no y_test, expected a file named like t10k-labels-idx1-"
    ):
        read_idx(folder)


def test_read_idx_rejects_fifo(folder):
    path = folder / NAMES["y_test"]
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(InputError, match="pipe, socket or device"):
        read_idx(folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look everywhere")
def test_read_idx_rejects_closed_folder(folder):
    folder.chmod(0)
    with pytest.raises(EnvironmentFault, match="can't read the folder"):
        read_idx(folder)


HEADER = struct.pack(">4I", 2051, 20, 8, 8)


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "ends within its header of 16 bytes"),
        (HEADER[:15], "ends within its header"),
        (struct.pack(">4I", 2049, 20, 8, 8) + bytes(1280), "begins with 2049, expected 2051"),
        (HEADER + bytes(1279), r"holds 1,279 values, expected 1,280 for \(20, 8, 8\)"),
        (HEADER + bytes(1281), "holds more than 1,280 values"),
        (struct.pack(">4I", 2051, 20, 8, 513), "x_train has shape .* expected sizes from 1"),
        (struct.pack(">4I", 2051, 0, 8, 8), "x_train has shape .* expected sizes from 1"),
        (struct.pack(">4I", 2051, 10_000_001, 1, 1), "x_train has shape .* expected sizes from 1"),
        (struct.pack(">4I", 2051, 10_000_000, 512, 512), "expected at most 2,147,483,648"),
        (struct.pack(">4I", 2051, 10_000_000, 10, 10), "would decompress from .* to 1,000,000,000"),
    ],
)
def test_read_idx_rejects(folder, content, suffix, message):
    path = folder / NAMES["x_train"]
    path.unlink()
    path = path.with_name(path.name + suffix)
    path.write_bytes(gzip.compress(content) if suffix else content)
    with pytest.raises(InputError, match=f"{path.name}.*{message}"):
        read_idx(folder)


@pytest.mark.parametrize(
    "damage",
    [
        lambda packed: packed[: len(packed) // 2],
        lambda packed: packed[:-1],
        lambda packed: packed[:-8] + b"\0\0\0\0" + packed[-4:],
        lambda packed: packed[:20] + bytes([packed[20] ^ 0xFF]) + packed[21:],
        lambda packed: b"no gzip" + packed,
    ],
    ids=["half", "last byte", "sum", "stream", "magic"],
)
def test_read_idx_rejects_damaged_gzip(folder, damage):
    path = folder / NAMES["y_train"]
    packed = gzip.compress(path.read_bytes())
    path.unlink()
    path.with_name(path.name + ".gz").write_bytes(damage(packed))
    with pytest.raises(InputError, match=r"train-labels-idx1-ubyte.gz"):
        read_idx(folder)


@pytest.mark.parametrize(
    "data",
    [b"\x1f\x8b\x08\x08" + bytes(6) + b"x" * 9_999, gzip.compress(b"") * 2_000],
    ids=["a name without end", "empty members"],
)
def test_read_idx_rejects_too_many_parts(folder, monkeypatch, data):
    monkeypatch.setattr("stnctl.storage.bounded_reader.MAX_READS", 1_000)
    (folder / NAMES["x_train"]).unlink()
    (folder / f"{NAMES['x_train']}.gz").write_bytes(data)
    with pytest.raises(InputError, match=r"train-images.*\.gz is made of too many parts"):
        read_idx(folder)
