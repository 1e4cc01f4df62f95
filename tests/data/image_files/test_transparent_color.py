"""Expected values by the PNG specification, third edition, section 11.3.1.1."""

import numpy as np
import pytest
from PIL import Image as PillowImage

from stnctl.data.image_files.image_io import read_image
from tests.image_files import png


def packed(samples, depth):
    """Return one row of samples as the bytes of a PNG."""
    bits = "".join(f"{sample:0{depth}b}" for sample in np.ravel(samples))
    padded = bits.ljust(-len(bits) // 8 * -8, "0")
    return b"\0" + int(padded, 2).to_bytes(len(padded) // 8)


def read(tmp_path, data):
    (tmp_path / "u.png").write_bytes(data)
    return read_image(tmp_path / "u.png")


@pytest.mark.parametrize("depth", [1, 2, 4, 8, 16])
@pytest.mark.parametrize("index", [0, 1, -2, -1])
def test_is_transparent_gray(tmp_path, depth, index):
    """Every sample of up to 8 bits, and near ones of 16 bits."""
    samples = (
        np.arange(2 ** min(depth, 8)) if depth < 16 else np.array([0, 1, 256, 258, 514, 65535])
    )
    color = int(samples[index])
    data = png(
        len(samples), 1, depth=depth, color=0, rows=packed(samples, depth),
        chunks={b"tRNS": color.to_bytes(2)},
    )  # fmt: skip
    found = read(tmp_path, data)
    assert found.mode == "LA"
    np.testing.assert_array_equal(found.pixels[0, :, 1], samples != color)
    np.testing.assert_allclose(found.pixels[0, :, 0], samples / (2**depth - 1), atol=1e-6)
    assert found.notes == (("16 bits per channel read as 8",) if depth == 16 else ())


@pytest.mark.parametrize("depth", [8, 16])
def test_is_transparent_rgb(tmp_path, depth):
    """All bytes of the samples count."""
    samples = np.array([[1, 2, 3], [1, 2, 4], [3, 2, 1]])
    if depth == 16:
        samples = np.array([[258, 513, 770], [258, 513, 771], [259, 513, 770], [2, 1, 2]])
    data = png(
        len(samples), 1, depth=depth, rows=packed(samples, depth),
        chunks={b"tRNS": b"".join(int(number).to_bytes(2) for number in samples[0])},
    )  # fmt: skip
    found = read(tmp_path, data)
    assert found.mode == "RGBA"
    np.testing.assert_array_equal(found.pixels[0, :, 3], [0] + [1] * (len(samples) - 1))


@pytest.mark.parametrize("depth", [1, 2, 4, 8])
def test_is_transparent_palette(tmp_path, depth):
    """Entries without an opacity in the chunk are opaque."""
    samples = np.arange(2**depth) % 4
    chunks = {b"PLTE": bytes(range(12)), b"tRNS": b"\x40\x00"}
    rows = packed(samples, depth)
    found = read(tmp_path, png(len(samples), 1, depth=depth, color=3, rows=rows, chunks=chunks))
    opacity = np.array([0x40, 0, 255, 255]) / 255
    np.testing.assert_allclose(found.pixels[0, :, 3], opacity[samples], atol=1e-6)


def test_is_transparent_turns_with_the_image(tmp_path):
    """EXIF orientation 6, on gray samples of 16 bits: the last of a row becomes the lowest."""
    exif = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    chunks = {b"tRNS": b"\1\2", b"eXIf": exif}
    found = read(tmp_path, png(2, 1, depth=16, color=0, rows=b"\0\1\2\1\3", chunks=chunks))
    np.testing.assert_array_equal(found.pixels[:, 0, 1], [0, 1])
    assert "rotated upright by its EXIF orientation" in found.notes


def test_gray_of_16_bits_with_opacity_stays_gray(tmp_path):
    found = read(tmp_path, png(1, 1, depth=16, color=4, rows=b"\0\x80\0\xff\xff"))
    assert (found.mode, found.notes) == ("LA", ("16 bits per channel read as 8",))
    np.testing.assert_allclose(found.pixels, [[[128 / 255, 1]]], atol=1e-6)


@pytest.mark.parametrize("suffix", [".gif", ".webp"])
def test_is_transparent_other_formats(tmp_path, suffix):
    array = np.zeros((2, 3, 4), "uint8")
    array[..., 3] = [[255, 0, 255], [0, 255, 0]]
    array[array[..., 3] > 0, 0] = 200
    path = tmp_path / f"u{suffix}"
    PillowImage.fromarray(array).save(path, lossless=True, exact=True)
    found = read_image(path)
    assert found.mode == "RGBA"
    np.testing.assert_array_equal(found.pixels[..., 3], array[..., 3] / 255)
