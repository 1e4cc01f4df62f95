import io
import os
import struct
import warnings
import zipfile
from functools import partial

import numpy as np
import pytest

from stnctl.config.data_section import ArrayKeys
from stnctl.data.sources import npz_reader
from stnctl.data.sources.npz_reader import read_npz
from stnctl.errors import InputError
from tests.data.synthetic import synthetic_arrays, write_npz

IMAGES = ("x_train", "x_test")


class Bomb:
    """An object that fails the test if it is unpickled."""

    def __reduce__(self):
        return pytest.fail, ("was unpickled",)


def npy(array, **options) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, **options)
    return buffer.getvalue()


def header(text: str, data: bytes = b"") -> bytes:
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode() + data


def write_members(path, arrays, **members: bytes | None):
    """Write ``arrays`` as members of a zip, with some replaced, or removed if None."""
    contents = {name: npy(array) for name, array in arrays.named().items()} | members
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            if content is not None:
                archive.writestr(f"{name}.npy", content)
    return path


def test_read_npz_roundtrip(tmp_path, arrays):
    found = read_npz(write_npz(tmp_path / "a.npz", train=20, test=10))
    for name, array in arrays.named().items():
        np.testing.assert_array_equal(getattr(found, name), array)


@pytest.mark.parametrize("version", [(2, 0), (3, 0)])
def test_read_npz_roundtrip_of_later_versions(tmp_path, arrays, version):
    content = npy(arrays.x_train, version=version)
    found = read_npz(write_members(tmp_path / "a.npz", arrays, x_train=content))
    np.testing.assert_array_equal(found.x_train, arrays.x_train)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_read_npz_roundtrip_order_and_bytes(tmp_path, arrays, save):
    images = np.asfortranarray(arrays.x_train.astype(">f8"))
    save(tmp_path / "a.npz", **arrays._replace(x_train=images).named(), extra=np.zeros(3))
    found = read_npz(tmp_path / "a.npz").x_train
    np.testing.assert_array_equal(found, arrays.x_train)
    assert found.dtype == np.float64
    assert found.flags.c_contiguous


def test_read_npz_rejects_missing_array(tmp_path, arrays):
    path = write_members(tmp_path / "a.npz", arrays, y_test=None, labels=b"")
    with pytest.raises(InputError, match=r"a.npz has no array named y_test$") as caught:
        read_npz(path)
    assert caught.value.hint == (
        "it has x_train, y_train, x_test, labels; name the right one with `data.keys.y_test`"
    )


def test_read_npz_rejects_missing_array_with_the_nearest(tmp_path, arrays):
    np.savez(tmp_path / "a.npz", X_train=arrays.x_train, y_train=arrays.y_train)
    with pytest.raises(
        InputError, match=r"no array named x_train, did you mean X_train\?"
    ) as caught:
        read_npz(tmp_path / "a.npz")
    assert caught.value.hint.endswith("`data.keys.x_train`")


def test_read_npz_suggests_no_array_that_has_a_key(tmp_path, arrays):
    np.savez(tmp_path / "a.npz", y_train=arrays.y_train, x_test=arrays.x_test, y_test=arrays.y_test)
    with pytest.raises(InputError, match=r"no array named x_train$"):
        read_npz(tmp_path / "a.npz")


def test_read_npz_rejects_file_without_arrays(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("x_train", b"no array")
    with pytest.raises(InputError, match=r"no array named x_train$") as caught:
        read_npz(tmp_path / "a.npz")
    assert caught.value.hint.startswith("it has no arrays;")


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_read_npz_preset_keys(tmp_path, with_validation, save):
    names = {name: f"{name[0].upper()}/{name[2:]} set" for name in with_validation.named()}
    more = {f"theta{number}": np.zeros((20, 2, 3)) for number in range(20)}
    stored = {names[name]: array for name, array in with_validation.named().items()}
    save(tmp_path / "a.npz", **more, **stored, names=np.array(["a"], object))
    found = read_npz(tmp_path / "a.npz", ArrayKeys(**names))
    for name, array in with_validation.named().items():
        np.testing.assert_array_equal(getattr(found, name), array)


def test_read_npz_reads_the_validation_set_only_if_it_is_named(tmp_path, with_validation):
    np.savez(tmp_path / "a.npz", **with_validation.named())
    assert read_npz(tmp_path / "a.npz").x_validation is None


def test_read_npz_reads_an_array_of_two_names_once(tmp_path, arrays, monkeypatch):
    np.savez(tmp_path / "a.npz", images=arrays.x_train, labels=arrays.y_train)
    read, opened = zipfile.ZipFile.open, []
    monkeypatch.setattr(
        zipfile.ZipFile, "open", lambda self, info: opened.append(info.filename) or read(self, info)
    )
    keys = ArrayKeys(x_train="images", y_train="labels", x_test="images", y_test="labels")
    found = read_npz(tmp_path / "a.npz", keys)
    assert opened == ["images.npy", "labels.npy"]
    assert found.x_train is found.x_test
    np.testing.assert_array_equal(found.x_test, arrays.x_train)
    np.testing.assert_array_equal(found.y_test, arrays.y_train)


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_read_npz_rejects_other_compressions(tmp_path, arrays, method):
    """Their decoders allocate memory before a byte is read, and NumPy writes none of them."""
    np.savez(tmp_path / "a.npz", **arrays.named())
    with (
        zipfile.ZipFile(tmp_path / "a.npz") as plain,
        zipfile.ZipFile(tmp_path / "b.npz", "w", method) as packed,
    ):
        for name in plain.namelist():
            packed.writestr(name, plain.read(name))
    with pytest.raises(InputError, match=r"b.npz: x_train has an unsupported compression"):
        read_npz(tmp_path / "b.npz")


def test_read_npz_rejects_images_as_labels(tmp_path, arrays):
    np.savez(tmp_path / "a.npz", **arrays.named())
    with pytest.raises(InputError, match=r"a.npz: x_train has shape \(20, 8, 8\), expected \(n,\)"):
        read_npz(tmp_path / "a.npz", ArrayKeys(y_train="x_train"))


@pytest.mark.parametrize("order", ["C", "F"])
def test_read_npz_preset_flat_images(tmp_path, arrays, order):
    flat = {name: np.array(getattr(arrays, name).reshape(-1, 64), order=order) for name in IMAGES}
    np.savez(tmp_path / "a.npz", **arrays._replace(**flat).named())
    found = read_npz(tmp_path / "a.npz", image_shape=(8, 8))
    for name in IMAGES:
        np.testing.assert_array_equal(getattr(found, name), getattr(arrays, name))
        assert getattr(found, name).flags.c_contiguous


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("x_test", np.zeros((10, 65)), r"x_test has flat images of 65 values, but data.image_sh"),
        ("x_test", np.zeros((10, 8, 9)), r"x_test has shape \(10, 8, 9\), expected images of data"),
        ("x_test", np.zeros((10, 64), bool), "x_test has dtype bool, expected integers, float32"),
        ("y_test", np.full((10, 10), 0.1), r"y_test: row 0 \(from 0\) has 0.1, .* besides zeros"),
        ("y_test", np.full(10, 0.1), r"y_test: row 0 \(from 0\) is 0.1, expected a whole number"),
        ("y_test", np.array(["a"] * 10), "y_test has dtype <U1, expected class numbers"),
    ],
)
def test_read_npz_rejects_layout(tmp_path, arrays, name, value, message):
    np.savez(tmp_path / "a.npz", **arrays._replace(**{name: value}).named())
    with pytest.raises(InputError, match=f"a.npz: {message}"):
        read_npz(tmp_path / "a.npz", image_shape=(8, 8))


def test_read_npz_rejects_pickled_labels_unread(tmp_path, arrays):
    path = write_members(
        tmp_path / "a.npz", arrays, y_train=npy(np.full(20, Bomb(), object), allow_pickle=True)
    )
    with pytest.raises(InputError, match=r"a.npz: y_train has dtype object, expected"):
        read_npz(path)


def test_read_npz_rejects_repeated_array(tmp_path, arrays):
    path = write_members(tmp_path / "a.npz", arrays)
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("y_test.npy", npy(arrays.y_test))
    with pytest.raises(InputError, match="2 arrays named y_test"):
        read_npz(path)


def test_read_npz_rejects_many_members(tmp_path, arrays):
    path = write_members(tmp_path / "a.npz", arrays, **{f"more{i}": b"" for i in range(61)})
    with pytest.raises(InputError, match="65 members, expected at most 64"):
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
        (npy(np.zeros((20, 8, 8), np.uint8)).replace(b"Y\1", b"Y\4", 1), r"version \(4, 0\), exp"),
        (b"\x93NUMPY\2\0" + b"\xff" * 99, "it has 4,294,967,295 bytes, expected at most 10,000"),
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
    monkeypatch.setattr(npz_reader, "_header", lambda *_: pytest.fail("was opened"))
    with pytest.raises(InputError, match=r"a.npz would decompress from .* to 32,769,182 bytes"):
        read_npz(path)
    ballast = np.random.default_rng(0).bytes(200_000)
    path = write_members(tmp_path / "b.npz", arrays, x_train=bomb, ballast=ballast)
    with pytest.raises(
        InputError, match=r"b.npz: x_train would decompress from .* to 32,768,128 bytes"
    ):
        read_npz(path)


def test_read_npz_ignores_a_bomb_that_is_not_named(tmp_path, arrays):
    bomb = npy(np.zeros((1000, 512, 64), np.uint8))
    path = write_members(tmp_path / "a.npz", arrays, theta=bomb)
    np.testing.assert_array_equal(read_npz(path).x_train, arrays.x_train)


@pytest.mark.parametrize("content", [b"", b"PK", b"text, no zip"])
def test_read_npz_rejects_other_files(tmp_path, content):
    path = tmp_path / "a.npz"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"a.npz is not a readable .npz file: File is not a zip"):
        read_npz(path)


def test_read_npz_rejects_fifo(tmp_path):
    os.mkfifo(tmp_path / "a.npz")
    with pytest.raises(InputError, match="pipe, socket or device"):
        read_npz(tmp_path / "a.npz")


def test_read_npz_rejects_every_truncation(tmp_path):
    path = write_npz(tmp_path / "a.npz", train=10, test=10, side=4)
    whole = path.read_bytes()
    for size in range(0, len(whole), 7):
        path.write_bytes(whole[:size])
        with pytest.raises(InputError, match=r"a.npz"):
            read_npz(path)


def write_flat(path):
    """Write flat images, one-hot and float labels."""
    arrays = synthetic_arrays(train=10, test=10, side=4)
    stored = {
        "x_train": np.float32(arrays["x_train"].reshape(10, 16) / 255),
        "y_train": np.eye(10)[arrays["y_train"]],
        "x_test": np.float32(arrays["x_test"].reshape(10, 16) / 255),
        "y_test": np.float32(arrays["y_test"]),
    }
    np.savez_compressed(path, allow_pickle=False, **stored)
    return path


@pytest.mark.parametrize("flat", [False, True], ids=["plain", "flat"])
def test_read_npz_random_damage_is_rejected_or_harmless(tmp_path, flat):
    path = tmp_path / "a.npz"
    write_flat(path) if flat else write_npz(path, train=10, test=10, side=4)
    read = partial(read_npz, image_shape=(4, 4) if flat else None)
    whole, before = path.read_bytes(), read(path)
    random = np.random.default_rng(0)
    rejected = 0
    for bit in random.integers(0, 8 * len(whole), 200):
        data = bytearray(whole)
        data[bit // 8] ^= 1 << bit % 8
        path.write_bytes(data)
        try:
            after = read(path)
        except InputError:
            rejected += 1
        else:
            assert all(map(np.array_equal, before, after))
    assert rejected > 100


def test_read_npz_rejects_a_large_directory(tmp_path):
    """It is not read, so that too many members take neither time nor memory."""
    path = tmp_path / "many.npz"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(20_000):
            archive.writestr(f"{number:020d}.npy", b"")
    with pytest.raises(InputError, match=r"many\.npz is not a readable \.npz file: "):
        read_npz(path)
