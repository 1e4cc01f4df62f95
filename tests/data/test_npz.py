import io
import os
import struct
import warnings
import zipfile

import numpy as np
import pytest

from stnctl.data import npz
from stnctl.data.npz import read_npz
from stnctl.errors import InputError
from tests.data.synthetic import write_npz


def npy(array, **options) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, **options)
    return buffer.getvalue()


def header(text: str, data: bytes = b"") -> bytes:
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode() + data


def write_members(path, arrays, **members: bytes | None):
    """Write ``arrays`` as members of a zip, some replaced by other bytes, or left out if None."""
    contents = {name: npy(array) for name, array in arrays._asdict().items()} | members
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            if content is not None:
                archive.writestr(f"{name}.npy", content)
    return path


def test_read_npz_roundtrip(tmp_path, arrays):
    found = read_npz(write_npz(tmp_path / "a.npz", train=20, test=10))
    for name, array in arrays._asdict().items():
        np.testing.assert_array_equal(getattr(found, name), array)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_read_npz_roundtrip_order_and_bytes(tmp_path, arrays, save):
    images = np.asfortranarray(arrays.x_train.astype(">f8"))
    save(tmp_path / "a.npz", **arrays._replace(x_train=images)._asdict(), extra=np.zeros(3))
    found = read_npz(tmp_path / "a.npz").x_train
    np.testing.assert_array_equal(found, arrays.x_train)
    assert found.dtype == np.float64
    assert found.flags.c_contiguous


def test_read_npz_rejects_missing_array(tmp_path, arrays):
    path = write_members(tmp_path / "a.npz", arrays, y_test=None, labels=b"")
    with pytest.raises(InputError, match=r"a.npz has 0 arrays named y_test") as caught:
        read_npz(path)
    assert "x_train.npy, y_train.npy, x_test.npy, labels.npy" in caught.value.hint


def test_read_npz_rejects_repeated_array(tmp_path, arrays):
    path = write_members(tmp_path / "a.npz", arrays)
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("y_test.npy", npy(arrays.y_test))
    with pytest.raises(InputError, match="2 arrays named y_test"):
        read_npz(path)


def test_read_npz_rejects_many_members(tmp_path, arrays):
    path = write_members(tmp_path / "a.npz", arrays, **{f"more{i}": b"" for i in range(5)})
    with pytest.raises(InputError, match="9 members, expected at most 8"):
        read_npz(path)


def test_read_npz_rejects_encrypted(tmp_path, arrays):
    path = write_members(tmp_path / "a.npz", arrays)
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(InputError, match="x_train is encrypted"):
        read_npz(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "x_train has no readable .npy header"),
        (b"raw text", "x_train has no readable .npy header"),
        (npy(np.zeros((20, 8, 8), np.uint8), version=(2, 0)), r"version \(2, 0\), expected"),
        (header("{'descr': '|u1'"), "no readable .npy header"),
        (header("[" * 2000), "no readable .npy header"),
        (header("{'descr': '|u1', 'fortran_order': False, 'shape': (-1, 8, 8)}"), "sizes from 1"),
        (
            header("{'descr': '|u1', 'fortran_order': False, 'shape': (20, 8, 8)}", b"short"),
            r"x_train holds 5 bytes, expected 1,280 for \(20, 8, 8\) uint8",
        ),
        (npy(np.zeros((20, 8, 8), np.uint8)) + b"+", "holds 1,281 bytes, expected 1,280"),
        (npy(np.full((20, 8, 8), "a", object), allow_pickle=True), "dtype object, expected"),
        (npy(np.zeros((20, 8, 8), [("a", "u1")])), "x_train has dtype .*, expected integers"),
        (npy(np.zeros((20, 64), np.uint8)), r"x_train has shape \(20, 64\)"),
    ],
)
def test_read_npz_rejects_member(tmp_path, arrays, content, message):
    path = write_members(tmp_path / "a.npz", arrays, x_train=content)
    with pytest.raises(InputError, match=f"a.npz: .*{message}"):
        read_npz(path)


def test_read_npz_rejects_bomb_unread(tmp_path, arrays, monkeypatch):
    bomb = npy(np.zeros((1000, 512, 64), np.uint8))
    path = write_members(tmp_path / "a.npz", arrays, x_train=bomb)
    monkeypatch.setattr(npz, "_header", lambda *_: pytest.fail("was opened"))
    with pytest.raises(InputError, match=r"a.npz would grow from .* to 32,769,182 bytes"):
        read_npz(path)
    ballast = np.random.default_rng(0).bytes(200_000)
    path = write_members(tmp_path / "b.npz", arrays, x_train=bomb, ballast=ballast)
    with pytest.raises(InputError, match=r"b.npz: x_train would grow from .* to 32,768,128 bytes"):
        read_npz(path)


@pytest.mark.parametrize("content", [b"", b"PK", b"text, no zip"])
def test_read_npz_rejects_other_files(tmp_path, content):
    path = tmp_path / "a.npz"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"a.npz is not a readable .npz file: File is not a zip"):
        read_npz(path)


def test_read_npz_rejects_fifo(tmp_path):
    os.mkfifo(tmp_path / "a.npz")
    with pytest.raises(InputError, match="no regular file"):
        read_npz(tmp_path / "a.npz")


def test_read_npz_rejects_every_truncation(tmp_path):
    path = write_npz(tmp_path / "a.npz", train=10, test=10, side=4)
    whole = path.read_bytes()
    for size in range(0, len(whole), 7):
        path.write_bytes(whole[:size])
        with pytest.raises(InputError, match=r"a.npz"):
            read_npz(path)


def test_read_npz_random_damage_is_seen_or_harmless(tmp_path):
    path = write_npz(tmp_path / "a.npz", train=10, test=10, side=4)
    whole, before = path.read_bytes(), read_npz(path)
    random = np.random.default_rng(0)
    rejected = 0
    for bit in random.integers(0, 8 * len(whole), 200):
        data = bytearray(whole)
        data[bit // 8] ^= 1 << bit % 8
        path.write_bytes(data)
        try:
            after = read_npz(path)
        except InputError:
            rejected += 1
        else:
            assert all(map(np.array_equal, before, after))
    assert rejected > 100
