"""Reader of a folder of image files, with a folder for each class."""

import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from stnctl.config.choices import SPLITS
from stnctl.data.dataset import Arrays, SourceData
from stnctl.data.image_files.image_io import Image, read_image
from stnctl.data.image_files.preparation import prepare_whole
from stnctl.data.sources.array_checks import MAX_SIDE
from stnctl.data.sources.array_layout import ImageShape
from stnctl.data.sources.download import Progress
from stnctl.data.sources.folder_cache import FolderCache
from stnctl.data.sources.folder_listing import ListedFile, Listing, list_folder
from stnctl.data.sources.user_files import check_decompressed_size
from stnctl.errors import InputError

_COLOR_MODES = ("RGB", "RGBA")
_DIRECT = {(1, "L"), (3, "RGB")}
"""Number of channels, and mode of the images whose levels are stored as they are."""

_PROGRESS_INTERVAL = 100


def read_image_folder(
    folder: Path,
    cache: FolderCache,
    *,
    classes: Sequence[str] | None = None,
    image_shape: ImageShape | None = None,
    progress: Progress | None = None,
) -> SourceData:
    """Read a folder of images, see `list_folder`.

    An image is scaled into ``image_shape`` with its ratio of sides, and centered, with a black
    margin. Of several frames, the first is read.

    Args:
        folder: The folder.
        cache: Cache of the pixels.
        classes: Names of the classes to read, in the order of their labels; None for all.
        image_shape: (H, W) for gray images, or (H, W, C) with C = 1 or 3. None for the shape of the
            first image, which all others must have.
        progress: Called with the number of images that are read, and the total.

    Returns:
        Images (N, H, W, C), uint8, and labels (N,), int64.

    Raises:
        ConfigError: As in `list_folder`.
        InputError: If an image can't be read or has another size, if the images are too large for
            the memory, or as in `list_folder`.
        EnvironmentFault: If there is no permission to read a file or a folder.
    """
    listing = list_folder(folder, classes)
    key = cache.key(listing, image_shape)
    if (stored := cache.read(key)) is not None:
        return stored._replace(class_names=listing.classes, notes=listing.notes + stored.notes)
    shape = _shape(folder, listing, image_shape)
    total = sum(map(len, listing.files.values()))
    num_bytes = total * math.prod(shape)
    check_decompressed_size(str(folder), num_bytes, num_bytes)
    reader = _Reader(folder, shape, total, progress, scales=image_shape is not None)
    arrays = {}
    for split in (name for name in SPLITS if name in listing.files):
        files = listing.files[split]
        arrays[f"x_{split}"] = reader.read(files)
        arrays[f"y_{split}"] = np.array([file.label for file in files], np.int64)
    data = SourceData(Arrays(**arrays), listing.classes, notes=reader.notes())
    cache.write(key, data)
    return data._replace(notes=listing.notes + data.notes)


def _shape(folder: Path, listing: Listing, wanted: ImageShape | None) -> tuple[int, int, int]:
    """Return (H, W, C) of the images."""
    if wanted is not None:
        height, width, channels = (*wanted, 1)[:3]
        if channels not in (1, 3):
            raise InputError(
                f"data.image_shape has {channels} channels, expected 1 (gray) or 3 (RGB) for a "
                "folder of images"
            )
        return height, width, channels
    path = folder / listing.files["train"][0].path
    image = read_image(path)
    shape = (*image.size, 3 if image.mode in _COLOR_MODES else 1)
    if max(image.size) > MAX_SIDE:
        raise InputError(
            f"image {path} has {'x'.join(map(str, image.size))} pixels, expected at most "
            f"{MAX_SIDE} a side",
            hint=f"scale all images: `data.image_shape: [64, 64, {shape[2]}]`",
        )
    return shape


class _Reader:
    """Reader of image files into arrays of one shape, which counts the images of all splits."""

    def __init__(
        self,
        folder: Path,
        shape: tuple[int, int, int],
        total: int,
        progress: Progress | None,
        *,
        scales: bool,
    ) -> None:
        self._folder = folder
        self._shape = shape
        self._total = total
        self._progress = progress
        self._scales = scales
        self._done = 0
        self._notes: Counter[str] = Counter()
        self._noted: dict[str, str] = {}

    def read(self, files: Sequence[ListedFile]) -> np.ndarray:
        """Return the images of some files, (n, H, W, C), uint8."""
        images = np.empty((len(files), *self._shape), np.uint8)
        for place, file in enumerate(files):
            images[place] = self._levels(file.path)
            self._done += 1
            is_reported = self._done % _PROGRESS_INTERVAL == 0 or self._done == self._total
            if self._progress and is_reported:
                self._progress(self._done, self._total)
        return images

    def notes(self) -> tuple[str, ...]:
        """Return the notes of the images that were changed, with their numbers."""
        return tuple(
            f"{count:,} {'image' if count == 1 else 'images'}: {note}, such as {self._noted[note]}"
            for note, count in self._notes.items()
        )

    def _levels(self, path: str) -> np.ndarray:
        """Return an image as levels from 0 to 255, (H, W, C)."""
        image = read_image(self._folder / path)
        for note in image.notes:
            self._notes[note] += 1
            self._noted.setdefault(note, path)
        *size, channels = self._shape
        if not self._scales:
            self._check(image, path)
        if (channels, image.mode) in _DIRECT and image.size == tuple(size):
            return image.stored
        values = prepare_whole(image, (size[0], size[1]), channels)
        levels: np.ndarray = np.rint(255 * values)
        return levels

    def _check(self, image: Image, path: str) -> None:
        """Check that an image has the shape of the first one."""
        height, width, channels = self._shape
        if image.size != (height, width):
            found = "x".join(map(str, image.size))
            raise InputError(
                f"image {self._folder / path} has {found} pixels, expected {height}x{width} as the "
                "first image",
                hint=f"scale all images: `data.image_shape: [{height}, {width}, {channels}]`",
            )
        if channels == 1 and image.mode in _COLOR_MODES:
            raise InputError(
                f"image {self._folder / path} has colors, but the first image is gray",
                hint=f"choose colors or gray: `data.image_shape: [{height}, {width}, 3]` or "
                f"[{height}, {width}, 1]",
            )
