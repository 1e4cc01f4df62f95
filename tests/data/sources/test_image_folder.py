import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from stnctl.data.sources.folder_cache import FolderCache
from stnctl.data.sources.image_folder import read_image_folder
from stnctl.errors import InputError
from tests.data.sources.image_folders import save, write_folder
from tests.image_files import png


def saved(pixels):
    """Return the bytes of a PNG."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


GRAY = np.arange(48, dtype=np.uint8).reshape(6, 8) * 5
RGB = np.stack([GRAY, GRAY[::-1], GRAY[:, ::-1]], axis=-1)


def read(folder, **options):
    return read_image_folder(folder, FolderCache(folder / ".cache"), **options)


def test_read_image_folder_roundtrip(tmp_path, arrays):
    """Images that Pillow wrote are read with the same levels, in the order of the classes."""
    names = tuple(f"class {label}" for label in range(10))
    data = read(write_folder(tmp_path, arrays.named(), names))
    assert data.class_names == names
    for split in ("train", "test"):
        labels = getattr(arrays, f"y_{split}")
        order = np.argsort(labels, kind="stable")
        np.testing.assert_array_equal(getattr(data.arrays, f"y_{split}"), labels[order])
        found = getattr(data.arrays, f"x_{split}")
        np.testing.assert_array_equal(found[..., 0], getattr(arrays, f"x_{split}")[order])


@pytest.mark.parametrize(
    ("pixels", "shape", "expected"),
    [
        (GRAY, None, GRAY[..., None]),
        (RGB, None, RGB),
        (RGB, (6, 8, 3), RGB),
        (GRAY, (6, 8, 3), np.repeat(GRAY[..., None], 3, axis=-1)),
        (RGB, (6, 8), np.rint(RGB @ [0.299, 0.587, 0.114])[..., None]),
    ],
    ids=["gray", "color", "color of one size", "gray as color", "color as gray"],
)
def test_read_image_folder_shape(tmp_path, pixels, shape, expected):
    save(tmp_path / "a" / "1.png", pixels)
    save(tmp_path / "b" / "1.png", pixels)
    found = read(tmp_path, image_shape=shape).arrays.x_train
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found[0], expected)


def test_read_image_folder_scales_with_a_margin(tmp_path):
    save(tmp_path / "a" / "1.png", np.full((40, 80), 200, np.uint8))
    save(tmp_path / "b" / "1.png", np.full((10, 10), 100, np.uint8))
    wide, square = read(tmp_path, image_shape=(20, 20)).arrays.x_train[..., 0]
    np.testing.assert_array_equal(square, np.full((20, 20), 100))
    np.testing.assert_array_equal(wide[5:15], np.full((10, 20), 200))
    assert not wide[:5].any()
    assert not wide[15:].any()


def exif(orientation):
    found = Image.Exif()
    found[0x0112] = orientation
    return found


def profile():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


PALETTE = Image.fromarray(RGB).quantize(7)
KINDS = {
    "palette.png": (PALETTE, {}, PALETTE.convert("RGB")),
    "bilevel.png": (Image.fromarray(GRAY > 99), {}, Image.fromarray(GRAY > 99).convert("RGB")),
    "icc.png": (Image.fromarray(RGB), {"icc_profile": profile()}, Image.fromarray(RGB)),
    "upright.png": (Image.fromarray(np.rot90(RGB)), {"exif": exif(6)}, Image.fromarray(RGB)),
    "opaque.webp": (Image.fromarray(RGB), {"lossless": True}, Image.fromarray(RGB)),
    "photo.tif": (Image.fromarray(RGB), {}, Image.fromarray(RGB)),
    "old.bmp": (Image.fromarray(RGB), {}, Image.fromarray(RGB)),
    "net.ppm": (Image.fromarray(RGB), {}, Image.fromarray(RGB)),
    "frames.gif": (
        PALETTE,
        {"save_all": True, "append_images": [PALETTE.rotate(180)], "duration": 50},
        PALETTE.convert("RGB"),
    ),
}
"""Name of a file -> the image, options of Pillow's `save`, and the image that is expected."""


@pytest.mark.parametrize("name", KINDS)
def test_read_image_folder_kinds(tmp_path, name):
    image, options, expected = KINDS[name]
    save(tmp_path / "a" / "1.png", RGB)
    (tmp_path / "b").mkdir()
    image.save(tmp_path / "b" / name, **options)
    data = read(tmp_path, image_shape=(6, 8, 3))
    np.testing.assert_array_equal(data.arrays.x_train[1], np.asarray(expected))
    notes = " ".join(data.notes)
    assert ("only the first frame is read" in notes) is (name == "frames.gif")
    assert ("rotated upright by its EXIF orientation" in notes) is (name == "upright.png")


def test_read_image_folder_reads_16_bits_as_8(tmp_path):
    deep = np.linspace(0, 65535, 48).astype(np.uint16).reshape(6, 8)
    save(tmp_path / "a" / "1.png", deep)
    save(tmp_path / "b" / "1.png", deep)
    found = read(tmp_path).arrays.x_train[0, ..., 0]
    np.testing.assert_array_equal(found, np.rint(deep / 257))


def test_read_image_folder_counts_changed_images(tmp_path):
    for n in range(3):
        save(tmp_path / "a" / f"{n}.png", RGB, exif=exif(3))
    save(tmp_path / "b" / "1.png", RGB)
    [note] = read(tmp_path).notes
    assert note == "3 images: rotated upright by its EXIF orientation, such as a/0.png"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.png", b"", "empty.png is empty"),
        ("text.jpg", b"no image", "text.jpg is not an image that can be read, expected PNG"),
        ("cut.png", saved(RGB)[:-40], "cut.png is damaged"),
        ("bomb.png", png(60000, 60000), "bomb.png is 60,000x60,000 pixels, expected at most"),
        ("e\x1bscape.png", b"", "scape.png is empty"),
        ("page.png", b"<svg/>", "page.png is not an image that can be read"),
    ],
)
def test_read_image_folder_names_the_damaged_file(tmp_path, name, content, message):
    save(tmp_path / "a" / "1.png", RGB)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / name).write_bytes(content)
    with pytest.raises(InputError, match=message):
        read(tmp_path, image_shape=(6, 8, 3))


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (RGB, RGB[:4], r"b/1.png has 4x8 pixels, expected 6x8 as the first image"),
        (GRAY, RGB, r"b/1.png has colors, but the first image is gray"),
        (np.zeros((600, 5), np.uint8), GRAY, r"a/1.png has 600x5 pixels, expected at most 512"),
    ],
)
def test_read_image_folder_rejects_different_images(tmp_path, first, second, message):
    save(tmp_path / "a" / "1.png", first)
    save(tmp_path / "b" / "1.png", second)
    with pytest.raises(InputError, match=message) as caught:
        read(tmp_path)
    assert "data.image_shape: [" in caught.value.hint


def test_read_image_folder_rejects_two_channels(tmp_path):
    save(tmp_path / "a" / "1.png", GRAY)
    save(tmp_path / "b" / "1.png", GRAY)
    with pytest.raises(InputError, match="has 2 channels, expected 1"):
        read(tmp_path, image_shape=(6, 8, 2))


def test_read_image_folder_reports_its_progress(tmp_path, arrays):
    seen = []
    read(write_folder(tmp_path, arrays.named()), progress=lambda *step: seen.append(step))
    assert seen == [(30, 30)]


def test_read_image_folder_ignores_a_trailing_chunk(tmp_path):
    """A PNG with data after its end is read, as by other programs."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.png").write_bytes(saved(RGB) + struct.pack(">I", 7))
    np.testing.assert_array_equal(read(tmp_path).arrays.x_train[1], RGB)
