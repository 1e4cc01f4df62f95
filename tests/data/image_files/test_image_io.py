import io
import os
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from PIL import Image as PillowImage
from PIL import ImageOps

from stnctl.data.image_files.image_io import (
    decode_image,
    read_image,
)
from stnctl.errors import InputError
from stnctl.storage.bounded_reader import BoundedReader
from tests.image_files import png, random_values


def save(path, image, **options):
    image.save(path, **options)
    return path


def palette(transparent: bool) -> PillowImage.Image:
    image = PillowImage.new("P", (2, 1))
    image.putpalette([0, 0, 0, 255, 51, 0])
    image.putpixel((1, 0), 1)
    if transparent:
        image.info["transparency"] = 0
    return image


@pytest.mark.parametrize(
    ("image", "mode", "expected"),
    [
        (PillowImage.fromarray(np.array([[False, True]])), "L", [[0], [1]]),
        (palette(transparent=False), "RGB", [[0, 0, 0], [1, 0.2, 0]]),
        (palette(transparent=True), "RGBA", [[0, 0, 0, 0], [1, 0.2, 0, 1]]),
    ],
    ids=["1", "P", "P transparent"],
)
def test_read_image_preset(tmp_path, image, mode, expected):
    found = read_image(save(tmp_path / "a.png", image))
    assert (found.mode, found.notes) == (mode, ())
    np.testing.assert_allclose(found.pixels[0], expected, atol=1e-7)


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "I;16"])
def test_read_image_stores_bytes(tmp_path, mode):
    """Levels of 8 bits stay bytes, and `pixels` are their values."""
    array = random_values(mode)
    found = read_image(save(tmp_path / "a.png", PillowImage.fromarray(array)))
    assert (found.mode, found.size) == (mode, array.shape[:2])
    top = 65535 if mode == "I;16" else 255
    expected = (array.reshape(found.stored.shape) / np.float32(top)).astype("float32")
    np.testing.assert_array_equal(found.pixels, expected, strict=True)
    assert found.stored.dtype == ("float32" if mode == "I;16" else "uint8")


@pytest.mark.parametrize(("mode", "read_as"), [("L", "LA"), ("RGB", "RGBA")])
def test_read_image_preset_transparent_color(tmp_path, mode, read_as):
    image = PillowImage.new(mode, (2, 1))
    image.putpixel((1, 0), 255 if mode == "L" else (255, 255, 255))
    path = save(tmp_path / "a.png", image, transparency=0 if mode == "L" else (0, 0, 0))
    found = read_image(path)
    assert found.mode == read_as
    np.testing.assert_array_equal(found.pixels[0, :, -1], [0, 1])


def test_read_image_preset_cmyk(tmp_path):
    image = PillowImage.new("CMYK", (1, 1), (0, 255, 255, 0))
    found = read_image(save(tmp_path / "a.tif", image))
    assert (found.mode, found.notes) == ("RGB", ("CMYK read as RGB",))
    np.testing.assert_array_equal(found.pixels, [[[1, 0, 0]]])


def test_read_image_preset_big_endian(tmp_path):
    (tmp_path / "a.pgm").write_bytes(b"P5 2 1 65535\n\x00\x01\xff\xff")
    found = read_image(tmp_path / "a.pgm")
    assert found.mode == "I;16"
    np.testing.assert_array_equal(found.pixels, np.float32([[[1 / 65535], [1]]]))


def test_read_image_preset_floating(tmp_path):
    array = np.float32([[0, 0.25, 1]])
    found = read_image(save(tmp_path / "a.tif", PillowImage.fromarray(array)))
    assert (found.mode, found.notes) == ("I;16", ("floating values read as 16 bits",))
    np.testing.assert_array_equal(found.pixels[..., 0], array)


def test_read_image_notes_lost_depth(tmp_path):
    (tmp_path / "a.png").write_bytes(png(1, 1, depth=16, rows=b"\0" + b"\xff\xff\0\0\0\0"))
    found = read_image(tmp_path / "a.png")
    assert found.notes == ("16 bits per channel read as 8",)
    np.testing.assert_array_equal(found.pixels, [[[1, 0, 0]]])


@pytest.mark.parametrize("mode", ["RGB", "I;16"])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_read_image_rotates_upright(tmp_path, mode, suffix):
    array = random_values(mode)
    exif = PillowImage.Exif()
    exif[0x0112] = 6  # the top of the scene is at the right of the file
    path = save(tmp_path / f"a{suffix}", PillowImage.fromarray(array), exif=exif)
    found = read_image(path)
    scale = 65535 if mode == "I;16" else 255
    np.testing.assert_array_equal(np.rint(found.pixels.squeeze() * scale), np.rot90(array, -1))
    assert found.notes == ("rotated upright by its EXIF orientation",)


@pytest.mark.parametrize("suffix", [".png", ".tif", ".webp"])
@pytest.mark.parametrize("orientation", [*range(10), 255, 65535])
def test_read_image_orientation(tmp_path, suffix, orientation):
    """As `ImageOps.exif_transpose`; only 2 to 8 turn the image, and give a note."""
    exif = PillowImage.Exif()
    exif[0x0112] = orientation
    image = PillowImage.fromarray(random_values("RGB"))
    options = {"lossless": True} if suffix == ".webp" else {}
    path = save(tmp_path / f"a{suffix}", image, exif=exif, **options)
    with PillowImage.open(path) as stored:
        expected = np.asarray(ImageOps.exif_transpose(stored))
    found = read_image(path)
    np.testing.assert_array_equal(np.rint(found.pixels * 255), expected)
    words = {**dict.fromkeys((3, 6, 8), "rotated"), **dict.fromkeys((2, 4, 5, 7), "mirrored")}
    change = words.get(orientation)
    assert found.notes == ((f"{change} upright by its EXIF orientation",) if change else ())


@pytest.mark.parametrize("suffix", [".gif", ".png", ".webp", ".tif"])
def test_read_image_reads_the_first_frame(tmp_path, suffix):
    frames = [PillowImage.new("RGB", (3, 2), color) for color in ("white", "black", "red")]
    path = save(tmp_path / f"a{suffix}", frames[0], save_all=True, append_images=frames[1:])
    found = read_image(path)
    assert found.notes == ("only the first frame is read",)
    assert found.pixels[..., :3].min() == 1


def test_read_image_preset_one_pixel(tmp_path):
    assert read_image(save(tmp_path / "a.png", PillowImage.new("L", (1, 1)))).pixels.shape == (
        1,
        1,
        1,
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty, expected PNG, JPEG"),
        (b"some text", "is not an image that can be read, expected PNG"),
        (b"%PDF-1.7", "is not an image"),
        (png(20_000, 20_000), "is 20,000x20,000 pixels"),
        (png(8001, 8000), "is 8,001x8,000 pixels, expected at most 64,000,000 in all and 4,194,"),
        (png(2**22 + 1, 1), "is 4,194,305x1 pixels"),
        (png(2, 2), "is damaged: "),
        (png(2, 2)[:40], "is damaged"),
        (png(0, 2), "is damaged, or of a kind of PNG that can't be read"),
    ],
)
def test_read_image_rejects(tmp_path, content, message):
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(InputError, match=rf"image .*a.png ({message})"):
        read_image(tmp_path / "a.png")


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".webp", ".ppm", ".tif", ".gif"])
def test_read_image_rejects_truncated(tmp_path, suffix):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    path = save(tmp_path / f"a{suffix}", PillowImage.fromarray(noise))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(InputError, match=f"image .*a{suffix} is (damaged|not an image)"):
        read_image(path)


@pytest.mark.parametrize("value", [np.nan, np.inf, -0.1, 1.1])
def test_read_image_rejects_floating_values(tmp_path, value):
    path = save(tmp_path / "a.tif", PillowImage.fromarray(np.float32([[0, value]])))
    with pytest.raises(
        InputError, match=r"holds float32 from .*, expected finite values from 0 to"
    ):
        read_image(path)


def test_read_image_rejects_wide_integers(tmp_path):
    path = save(tmp_path / "a.tif", PillowImage.fromarray(np.int32([[0, 65536]])))
    with pytest.raises(InputError, match=r"int32 from 0 to 65536, expected .* 0 to 65535"):
        read_image(path)


def test_read_image_rejects_mode(tmp_path):
    path = save(tmp_path / "a.tif", PillowImage.new("LAB", (2, 2)))
    with pytest.raises(InputError, match="has mode LAB, expected 1, L, LA, P"):
        read_image(path)


def test_read_image_rejects_other_files(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "nine.png").touch()
    for name, message in {
        "pipe": "pipe, socket or device",
        ".": "is a folder",
        "nine.pgn": r"does not exist, did you mean nine.png\?",
    }.items():
        with pytest.raises(InputError, match=message):
            read_image(tmp_path / name)


def test_read_image_writes_nothing_to_stderr(tmp_path):
    """Pillow logs an error for such a file."""
    path = save(tmp_path / "u.tif", PillowImage.new("L", (3, 2)), tiffinfo={277: 1})
    one, many = (struct.pack("<HHIH", 277, 3, 1, samples) for samples in (1, 500))
    path.write_bytes(path.read_bytes().replace(one, many))
    script = """
import sys
from pathlib import Path
from stnctl.data.image_files.image_io import read_image
from stnctl.errors import InputError
try:
    read_image(Path(sys.argv[1]))
except InputError:
    print("rejected")
"""
    line = [sys.executable, "-c", script, path]
    result = subprocess.run(line, capture_output=True, text=True, timeout=60)
    assert (result.stdout, result.stderr) == ("rejected\n", "")


def test_read_image_restores_the_limit_of_pillow(tmp_path):
    before = PillowImage.MAX_IMAGE_PIXELS
    (tmp_path / "a.png").write_bytes(png(20_000, 20_000))
    with pytest.raises(InputError):
        read_image(tmp_path / "a.png")
    assert before == PillowImage.MAX_IMAGE_PIXELS


def test_read_image_accepts_long_images(tmp_path):
    """Only the number of pixels counts, up to the reach of the sampler, which no option changes."""
    save(tmp_path / "a.png", PillowImage.new("L", (20_000, 10)))
    assert read_image(tmp_path / "a.png").pixels.shape == (10, 20_000, 1)
    (tmp_path / "a.png").write_bytes(png(2**22 + 1, 1))
    with pytest.raises(InputError, match="4,194,304 a side") as caught:
        read_image(tmp_path / "a.png")
    assert "--max-pixels" not in caught.value.hint


def test_read_image_accepts_a_larger_limit(tmp_path):
    """Pillow's own limit follows, and is restored."""
    (tmp_path / "a.png").write_bytes(png(20_000, 10_000))
    with pytest.raises(InputError, match="expected at most 64,000,000 in all") as caught:
        read_image(tmp_path / "a.png")
    assert caught.value.hint == "make it smaller first, or add --max-pixels 200000000"
    with pytest.raises(InputError, match="is damaged"):
        read_image(tmp_path / "a.png", max_pixels=200_000_000)
    before = PillowImage.MAX_IMAGE_PIXELS
    with pytest.raises(InputError, match="at most 199,999,999 in all and 4,194,304 a side"):
        read_image(tmp_path / "a.png", max_pixels=199_999_999)
    assert before == PillowImage.MAX_IMAGE_PIXELS


def test_decode_image_hint_is_enough():
    """With the value in the hint, a file with many bytes is read."""
    data = png(1, 1, rows=bytes(4)) + bytes(2**24 + 150)
    with pytest.raises(InputError, match="bytes, expected at most 16,777,216") as caught:
        decode_image(BoundedReader(io.BytesIO(data), "u"), "u", max_pixels=0)
    needed = int(caught.value.hint.rpartition(" ")[2])
    with pytest.raises(InputError, match="bytes, expected"):
        decode_image(BoundedReader(io.BytesIO(data), "u"), "u", max_pixels=needed - 1)
    assert decode_image(BoundedReader(io.BytesIO(data), "u"), "u", max_pixels=needed)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the image is empty"),
        (b"text", "the image is not an image"),
        (bytes(2**24 + 401), "the image has 16,777,617 bytes, expected at most 16,777,616"),
    ],
)
def test_decode_image_rejects(data, message):
    with pytest.raises(InputError, match=message):
        decode_image(BoundedReader(io.BytesIO(data), "the image"), "the image", max_pixels=100)


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8" + b"\xff\xe5\x00\x02" * 9_999,
        b"\xff\xd8" + b"\xff" * 9_999,
        b"P6\n" + b" " * 9_999,
        b"P3\n" + b"#\n" * 9_999,
        b"GIF89a" + bytes(7) + b"!\xfe\x01.\x00" * 9_999,
        png(4, 4)[:33] + (bytes(4) + b"abCd" + struct.pack(">I", zlib.crc32(b"abCd"))) * 9_999,
    ],
    ids=["JPEG markers", "JPEG fill", "PPM blanks", "PPM comments", "GIF comments", "PNG chunks"],
)
def test_decode_image_rejects_too_many_parts(monkeypatch, data):
    monkeypatch.setattr("stnctl.storage.bounded_reader.MAX_READS", 5_000)
    with pytest.raises(InputError, match="the image is made of too many parts to be read"):
        decode_image(BoundedReader(io.BytesIO(data), "the image"), "the image")
