import io
import struct

import pytest
from PIL import Image as PillowImage

from stnctl.data.image_files.image_io import read_image
from stnctl.errors import InputError


def file(kind, mode="RGB"):
    buffer = io.BytesIO()
    PillowImage.new(mode, (16, 16)).save(buffer, kind)
    return buffer.getvalue()


def patched(data, place, *values):
    return data[:place] + bytes(values) + data[place + len(values) :]


def jpeg(process, bits=8):
    """Return a JPEG whose frame has another process (ITU-T T.81, table B.1)."""
    data = file("JPEG")
    frame = data.index(b"\xff\xc0")
    return patched(patched(data, frame + 1, 0xC0 + process), frame + 4, bits)


def tiff(compression):
    data = file("TIFF")
    tag = data.index(struct.pack("<HHI", 259, 3, 1))
    return patched(data, tag + 8, *struct.pack("<H", compression))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (jpeg(3), "is of a kind that can't be read: lossless JPEG"),
        (jpeg(5), "is of a kind that can't be read: hierarchical JPEG"),
        (jpeg(11), "is of a kind that can't be read: lossless JPEG"),
        (jpeg(1, bits=12), "is of a kind that can't be read: JPEG with 12 bits per channel"),
        (patched(file("BMP"), 28, 64), "is of a kind that can't be read: .* depth .64"),
        (patched(file("BMP"), 30, 4), "is of a kind that can't be read: .* compression .4"),
        (patched(file("BMP"), 14, 13), "is of a kind that can't be read: .* header type"),
        (tiff(8), "is damaged: ZIPDecode: Decoding error"),
        (tiff(50001), "is of a kind that can't be read: WEBP .* not configured"),
        (tiff(9), "is damaged, or of a kind of TIFF that can't be read"),
        (b"RIFF\x10\0\0\0WEBPVP8Q" + bytes(4), "is damaged, or of a kind of WEBP"),
        (b"BM" + bytes(60), "is damaged|is of a kind"),
        (file("JPEG")[:300], "is damaged"),
        (file("PNG")[:50], "is damaged"),
        (b"\xff\xd8\xff\xe0\0\1", "is damaged, or of a kind of JPEG"),
        (b"\0\0\0\x18ftypavif", "is not an image that can be read, expected PNG"),
    ],
)
def test_as_input_error(tmp_path, capfd, data, message):
    """libtiff's own messages are not printed."""
    (tmp_path / "u").write_bytes(data)
    with pytest.raises(InputError, match=f"u ({message})") as caught:
        read_image(tmp_path / "u")
    if "of a kind" in str(caught.value):
        assert "PNG in another program" in caught.value.hint
    elif "damaged" in str(caught.value):
        assert "download it again" in caught.value.hint
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("mode", "name", "options"),
    [
        ("P", "u.bmp", {}),
        ("CMYK", "u.jpg", {}),
        ("RGB", "u.jpg", {"progressive": True}),
        *[("RGB", "u.tif", {"compression": f"tiff_{name}"}) for name in ("lzw", "deflate", "jpeg")],
        ("1", "u.tif", {"compression": "group4"}),
        ("RGB", "u.tif", {"compression": "packbits"}),
    ],
)
def test_common_kinds_are_read(tmp_path, mode, name, options):
    PillowImage.new(mode, (16, 16)).save(tmp_path / name, **options)
    assert read_image(tmp_path / name).pixels.shape[:2] == (16, 16)


def test_arithmetic_jpeg_is_read(tmp_path):
    """Pillow's libjpeg-turbo has arithmetic coding; here, it decodes other coefficients."""
    (tmp_path / "u.jpg").write_bytes(jpeg(9))
    assert read_image(tmp_path / "u.jpg").pixels.shape == (16, 16, 3)
