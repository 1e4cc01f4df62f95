import errno
import hashlib
import tracemalloc
import zipfile

import numpy as np
import pytest

from stnctl.errors import EnvironmentFault
from stnctl.storage.npz_writer import ArrayChunks, write_npz

RANDOM = np.random.default_rng(0)
ARRAYS: dict[str, np.ndarray] = {
    "images": RANDOM.random((10, 3, 4, 1), "float32"),
    "labels": RANDOM.integers(0, 10, 10),
    "bytes": RANDOM.integers(0, 256, (10, 5), dtype=np.uint8),
    "names": np.array(["affine", "projective"]),
}


def split(name, array, length):
    """Return ``array`` in chunks of ``length``."""
    starts = range(0, len(array), length)
    chunks = (array[start : start + length] for start in starts)
    return ArrayChunks(name, array.shape, array.dtype, chunks)


def write_all(path, length=4):
    return write_npz(path, (split(name, array, length) for name, array in ARRAYS.items()))


def test_write_npz_roundtrip(tmp_path):
    written = write_all(tmp_path / "x.npz")
    with np.load(tmp_path / "x.npz") as archive:
        assert archive.files == list(ARRAYS) == list(written)
        for name, array in ARRAYS.items():
            np.testing.assert_array_equal(archive[name], array, strict=True)
            sha256 = hashlib.sha256(array.tobytes()).hexdigest()
            dtype = "<U10" if name == "names" else array.dtype.name
            assert written[name] == (array.shape, dtype, array.nbytes, sha256)


def test_write_npz_compresses(tmp_path):
    write_npz(tmp_path / "x.npz", [ArrayChunks.of("zeros", np.zeros((1000, 100)))])
    assert (tmp_path / "x.npz").stat().st_size < 5000


def test_write_npz_same_bytes_for_any_chunks(tmp_path):
    for name, length in (("one", 1), ("four", 4), ("all", 10)):
        write_all(tmp_path / f"{name}.npz", length)
    one, four, ten = ((tmp_path / f"{name}.npz").read_bytes() for name in ("one", "four", "all"))
    assert one == four == ten
    with zipfile.ZipFile(tmp_path / "one.npz") as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_write_npz_big_endian(tmp_path):
    values = np.arange(5)
    written = [
        write_npz(tmp_path / "x.npz", [ArrayChunks.of("x", values.astype(dtype))])["x"].sha256
        for dtype in ("<i8", ">i8")
    ]
    assert written[0] == written[1]
    with np.load(tmp_path / "x.npz") as archive:
        assert archive["x"].dtype.str == "<i8"
        np.testing.assert_array_equal(archive["x"], values)


def test_write_npz_memory(tmp_path):
    size = 2**20
    array = ArrayChunks(
        "x", (64, size), np.dtype(np.uint8), (np.ones((1, size), "u1") for _ in range(64))
    )
    tracemalloc.start()
    try:
        write_npz(tmp_path / "x.npz", [array])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * size


def failing(error):
    yield ARRAYS["images"][:4]
    raise error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (KeyboardInterrupt(), KeyboardInterrupt),
        (ValueError("bad"), ValueError),
        (OSError(errno.ENOSPC, "No space left on device"), EnvironmentFault),
    ],
)
def test_write_npz_interrupted_keeps_earlier_file(tmp_path, error, expected):
    path = tmp_path / "x.npz"
    path.write_bytes(b"earlier")
    images = ArrayChunks("x", ARRAYS["images"].shape, np.dtype(np.float32), failing(error))
    with pytest.raises(expected):
        write_npz(path, [ArrayChunks.of("first", ARRAYS["labels"]), images])
    assert path.read_bytes() == b"earlier"
    assert [file.name for file in tmp_path.iterdir()] == ["x.npz"]


def test_write_npz_full_disk(tmp_path):
    error = OSError(errno.ENOSPC, "No space left on device")
    images = ArrayChunks("x", ARRAYS["images"].shape, np.dtype(np.float32), failing(error))
    with pytest.raises(EnvironmentFault, match=r"x\.npz: No space .* bytes free") as fault:
        write_npz(tmp_path / "x.npz", [images])
    assert str(fault.value).endswith("; nothing was written")
    assert "free some space" in fault.value.hint


@pytest.mark.parametrize(
    ("shape", "dtype", "message"),
    [
        ((10, 3, 5, 1), "float32", r"x: .* of \(10, 3, 5, 1\) .*, got \(10, 3, 4, 1\) float32"),
        ((10, 3, 4, 1), "float64", r"x: .* float64, got \(10, 3, 4, 1\) float32"),
        ((11, 3, 4, 1), "float32", "x: expected 11 items, got 10"),
    ],
)
def test_write_npz_rejects_chunks_of_another_array(tmp_path, shape, dtype, message):
    with pytest.raises(ValueError, match=message):
        write_npz(
            tmp_path / "x.npz", [ArrayChunks("x", shape, np.dtype(dtype), [ARRAYS["images"]])]
        )
    assert list(tmp_path.iterdir()) == []
