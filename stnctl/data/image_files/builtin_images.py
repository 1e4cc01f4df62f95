"""Built-in images: drawn and embedded ones, and the samples of scikit-image if installed."""

import re
from collections.abc import Callable
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from stnctl.data.image_files.image_io import MAX_PIXELS, Image, read_image
from stnctl.data.sources.digits import stored_digits
from stnctl.data.sources.user_files import missing_file_error
from stnctl.errors import InputError

SIDE = 128
"""Side of the drawn images, in pixels."""

_FIELD = 16
_DIGIT = re.compile(r"digit:(\d+)", re.ASCII)
_MAX_LEVEL = 16  # the maximum pixel value of the embedded digits
_SAMPLE_SUFFIXES = (".png", ".jpg", ".tif", ".gif")
_ALIASES = {
    "cat": "chelsea",
    "clock": "clock_motion",
    "colorwheel": "color",
    "immunohistochemistry": "ihc",
}
"""Name of a function of scikit-image -> name of its file, where the two differ."""


def builtin_image(name: str, *, max_pixels: int = MAX_PIXELS) -> Image:
    """Return a built-in image. Nothing is downloaded.

    Args:
        name: "square" (the white square of the article), "checker" (a checkerboard), "horse",
            "coffee", "digit:N" (the embedded 8x8 digit with index N, from 0), or the name of a
            sample image in the package scikit-image, such as "camera".
        max_pixels: Maximum number of pixels of a sample image.

    Raises:
        InputError: If the name is unknown, or the sample image is too large or damaged. For an
            unknown name, the message suggests the nearest one.
    """
    if name in DRAWINGS:
        return DRAWINGS[name]()
    if found := _DIGIT.fullmatch(name):
        return _digit(int(found[1]))
    if name in PICTURES:
        return _picture(name)
    samples = sample_files()
    if name in samples:
        return read_image(samples[name], max_pixels=max_pixels)
    raise _unknown(name, samples)


def sample_files() -> dict[str, Path]:
    """Return the sample images of scikit-image: name -> path of the file.

    The result is {} if scikit-image is not installed.
    """
    spec = find_spec("skimage")
    if spec is None or spec.origin is None:
        return {}
    paths = (Path(spec.origin).parent / "data").glob("*.*")
    found = {path.stem: path for path in sorted(paths) if path.suffix in _SAMPLE_SUFFIXES}
    return found | {name: found[stem] for name, stem in _ALIASES.items() if stem in found}


def _unknown(name: str, samples: dict[str, Path]) -> InputError:
    path = Path(name)
    if path.suffix or len(path.parts) != 1:
        return missing_file_error(path, "image")
    others = sorted(samples.keys() - PICTURES)
    error = missing_file_error(path, "image", [*DRAWINGS, *PICTURES, "digit:N", *others])
    if not samples:
        error.hint = "check the path; camera, cat and more come with scikit-image"
    return error


def _square() -> Image:
    """Return the article's square, white on black, right of and below the center."""
    pixels = np.zeros((SIDE, SIDE, 1), np.float32)
    pixels[60:100, 60:100] = 1
    return Image(pixels, "L", ())


def _checker() -> Image:
    """Return a checkerboard of eight by eight fields, the first one white."""
    field = np.arange(SIDE) // _FIELD
    white = (field[:, np.newaxis] + field) % 2 == 0
    return Image(white[..., np.newaxis].astype(np.float32), "L", ())


def _digit(number: int) -> Image:
    """Return the embedded digit with index ``number``, (8, 8, 1)."""
    images, labels = stored_digits()
    if number >= len(images):
        raise InputError(f"digit:{number}: expected a number from 0 to {len(images) - 1:,}")
    pixels = images[number, ..., np.newaxis].astype(np.float32) / _MAX_LEVEL
    return Image(pixels, "L", (f"digit {number} of the embedded set shows a {labels[number]}",))


def _picture(name: str) -> Image:
    """Return an embedded picture."""
    with as_file(files("stnctl.data") / "embedded" / f"{name}.png") as path:
        return read_image(path)


DRAWINGS: dict[str, Callable[[], Image]] = {"square": _square, "checker": _checker}
"""Name of an image -> function that draws it."""

PICTURES = ("horse", "coffee")
"""Names of the embedded pictures, made from the samples of scikit-image with the same names."""
