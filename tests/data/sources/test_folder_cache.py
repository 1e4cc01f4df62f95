import os
import time

import numpy as np
import pytest
from PIL import Image

from stnctl.data.dataset import content_sha256
from stnctl.data.image_files.image_io import read_image
from stnctl.data.sources import folder_cache, image_folder
from stnctl.data.sources.folder_cache import MAX_STORED, FolderCache
from stnctl.data.sources.image_folder import read_image_folder
from tests.data.sources.image_folders import save, write_folder


@pytest.fixture
def folder(tmp_path, arrays, monkeypatch):
    """A folder whose files are old enough to be stored, though they are few."""
    monkeypatch.setattr(folder_cache, "LEAST_FILES", 5)
    monkeypatch.setattr(folder_cache, "_SETTLED", 0)
    return write_folder(tmp_path / "images", arrays.named())


@pytest.fixture
def read(tmp_path, monkeypatch):
    """Return a function that reads a folder; it returns the data and the number of read files."""
    decoded = []
    monkeypatch.setattr(
        image_folder, "read_image", lambda path: decoded.append(path) or read_image(path)
    )

    def read(folder, **options):
        decoded.clear()
        data = read_image_folder(folder, FolderCache(tmp_path / "cache"), **options)
        return data, len(decoded)

    return read


def stored(tmp_path):
    return sorted((tmp_path / "cache" / "image_folders").glob("*"))


def test_cache_gives_the_same_data(tmp_path, folder, read):
    exif = Image.Exif()
    exif[0x0112] = 3  # turned upright, with a note
    save(folder / "train" / "0" / "x.png", np.zeros((8, 8), np.uint8), exif=exif)
    (folder / "train" / "0" / "note.txt").write_text("x", encoding="utf-8")
    first, decoded = read(folder)
    assert decoded == 32  # the first image decides on the shape
    again, decoded = read(folder)
    assert decoded == 0
    assert content_sha256(first.arrays) == content_sha256(again.arrays)
    assert first[1:] == again[1:]
    assert len(stored(tmp_path)) == 1


def grow(path):
    save(path, np.full((8, 8), 200, np.uint8))


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: grow(folder / "train" / "0" / "new.png"),
        lambda folder: next((folder / "train" / "3").iterdir()).unlink(),
        lambda folder: grow(next((folder / "train" / "3").iterdir())),
        lambda folder: next((folder / "train" / "3").iterdir()).rename(folder / "test/0/x.png"),
    ],
    ids=["added", "removed", "replaced", "moved"],
)
def test_cache_is_not_used_for_a_changed_folder(folder, read, change):
    read(folder)
    change(folder)
    assert read(folder)[1] > 0


def test_cache_sees_a_change_of_the_content_alone(folder, read):
    """The size and the time of the last change of the content are as before."""
    read(folder)
    path = next((folder / "train" / "3").iterdir())
    status, content = path.stat(), bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert read(folder)[1] > 0


def test_cache_is_one_for_each_shape(folder, read):
    read(folder)
    data, decoded = read(folder, image_shape=(10, 10))
    assert decoded == 30
    assert data.arrays.x_train.shape[1:] == (10, 10, 1)
    assert read(folder, image_shape=(10, 10))[1] == 0


@pytest.mark.parametrize("damage", ["empty", "text", "cut", "changed", "link", "folder"])
def test_cache_ignores_a_damaged_file(tmp_path, folder, read, damage):
    first, _ = read(folder)
    [path] = stored(tmp_path)
    content = path.read_bytes()
    path.unlink()
    if damage == "link":
        other = tmp_path / "other.npz"
        other.write_bytes(content)
        path.symlink_to(other)
    elif damage == "folder":
        path.mkdir()
    else:
        place = content.index(b"x_train") + 300
        flipped = bytes([content[place] ^ 1])
        path.write_bytes(
            {
                "empty": b"",
                "text": b"text",
                "cut": content[: len(content) // 2],
                "changed": content[:place] + flipped + content[place + 1 :],
            }[damage]
        )
    again, decoded = read(folder)
    assert decoded > 0
    assert content_sha256(first.arrays) == content_sha256(again.arrays)


def test_cache_does_without_a_writable_folder(tmp_path, folder, read):
    (tmp_path / "cache").write_text("a file", encoding="utf-8")
    assert read(folder)[1] > 0
    assert read(folder)[1] > 0


def test_cache_keeps_few_folders(tmp_path, folder, read):
    for side in range(5, 7 + MAX_STORED):
        read(folder, image_shape=(side, side))
        time.sleep(0.01)
    assert len(stored(tmp_path)) == MAX_STORED
    assert read(folder, image_shape=(6 + MAX_STORED, 6 + MAX_STORED))[1] == 0


def test_cache_skips_fresh_files(tmp_path, folder, read, monkeypatch):
    """A file that was changed just now may change again without another time."""
    monkeypatch.setattr(folder_cache, "_SETTLED", 3_600_000_000_000)
    read(folder)
    assert stored(tmp_path) == []
