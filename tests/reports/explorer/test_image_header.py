"""Sizes of image files, read by the explorer before the browser decodes them."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from tests.reports.explorer.node import run_node

SCRIPT = """
import { readHeader } from "WEB/transforms/image_header.js";
const results = payload.map((text) => {
  const bytes = Uint8Array.from(Buffer.from(text, "base64"));
  return readHeader(bytes.buffer);
});
console.log(JSON.stringify(results));
"""
FORMATS = [
    ("PNG", {}), ("GIF", {}), ("BMP", {}), ("JPEG", {}), ("JPEG", {"progressive": True}),
    ("WEBP", {"lossless": True}), ("WEBP", {"lossless": False}),
    ("WEBP", {"lossless": True, "exif": b"Exif\x00\x00II*\x00\x08\x00\x00\x00\x00\x00"}),
]  # fmt: skip


def headers(contents):
    return run_node(SCRIPT, [base64.b64encode(content).decode() for content in contents])


def encoded(kind, options, size=(37, 300)):
    pixels = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype="uint8")
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind, **options)
    return buffer.getvalue()


def test_sizes_are_those_of_pillow():
    found = headers([encoded(kind, options) for kind, options in FORMATS])
    for (kind, _), header in zip(FORMATS, found, strict=True):
        assert (header["format"].upper(), header["width"], header["height"]) == (kind, 300, 37)


@pytest.mark.parametrize(
    "content", [b"", b"x", b"<svg/>", b"\x89PNG\r\n\x1a\n", b"BM", b"RIFF0000WEBPVP8 "]
)
def test_other_files_have_no_size(content):
    assert headers([content]) == [None]


def test_cut_and_changed_files_end():
    """Any start of a file, and files with random bytes, give a size or none, without an error."""
    rng = np.random.default_rng(0)
    contents = []
    for kind, options in FORMATS:
        whole = encoded(kind, options)
        contents += [whole[:length] for length in range(0, 40, 3)]
        for _ in range(20):
            changed = bytearray(whole[:200])
            for place in rng.integers(2, 200, 5):
                changed[place] = rng.integers(256)
            contents.append(bytes(changed))
    assert len(headers(contents)) == len(contents)
