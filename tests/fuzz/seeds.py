"""Valid files to damage: images of each format and mode, and data sets."""

import io
import zipfile

import numpy as np
from PIL import Image

from tests.data.image_files.icc import cmyk_profile, gray_profile, rgb_profile
from tests.image_files import png

MODES = {
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "JPEG": ("L", "RGB", "CMYK"),
    "BMP": ("1", "L", "P", "RGB"),
    "WEBP": ("RGB", "RGBA"),
    "PPM": ("1", "L", "RGB", "I;16"),
    "GIF": ("L", "P", "RGB"),
    "TIFF": ("1", "L", "LA", "RGB", "RGBA", "CMYK", "I;16", "I", "F"),
}


def encode_image(kind: str, mode: str) -> bytes:
    """Return a small image file, with an EXIF rotation if the format has EXIF data."""
    gradient = Image.linear_gradient("L").resize((9, 7))
    image = Image.new("I;16", (9, 7), 999) if mode == "I;16" else gradient.convert(mode)
    exif = Image.Exif()
    exif[274] = 6  # rotated by 90 degrees
    buffer = io.BytesIO()
    image.save(buffer, kind, **({"exif": exif} if kind in ("PNG", "JPEG", "WEBP") else {}))
    return buffer.getvalue()


def images_with_chunks() -> list[bytes]:
    """Return images with color profiles, and PNGs with transparent colors of each depth."""
    profiles = {"L": gray_profile(1.8), "RGB": rgb_profile(2.2), "CMYK": cmyk_profile()}
    files = []
    for kind, mode in (("PNG", "L"), ("PNG", "RGB"), ("JPEG", "CMYK"), ("TIFF", "CMYK")):
        buffer = io.BytesIO()
        image = Image.linear_gradient("L").resize((9, 7)).convert(mode)
        image.save(buffer, kind, icc_profile=profiles[mode])
        files.append(buffer.getvalue())
    for depth, color in ((1, 0), (2, 0), (4, 0), (8, 0), (16, 0), (8, 2), (16, 2)):
        size = -(-8 * depth * (3 if color else 1) // 8)
        key = bytes(6 if color else 2)
        rows = b"".join(b"\0" + bytes([row]) * size for row in range(3))
        files.append(png(8, 3, depth=depth, color=color, rows=rows, chunks={b"tRNS": key}))
    return files


def encode_npy(array: np.ndarray) -> bytes:
    """Return an .npy file."""
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def encode_npz(members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """Return a zip file without times, so that equal members give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, compression)
    return buffer.getvalue()


def encode_idx(held: dict[str, np.ndarray]) -> dict[str, bytes]:
    """Return four IDX files by name."""
    files = {}
    for half, stem in (("train", "train"), ("test", "t10k")):
        x, y = held[f"x_{half}"], held[f"y_{half}"]
        sizes = b"".join(size.to_bytes(4, "big") for size in x.shape)
        files[f"{stem}-images-idx3-ubyte"] = b"\0\0\x08\x03" + sizes + x.tobytes()
        files[f"{stem}-labels-idx1-ubyte"] = b"\0\0\x08\x01" + sizes[:4] + y.tobytes()
    return files
