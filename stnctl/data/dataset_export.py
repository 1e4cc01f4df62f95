"""What a network would see of a data set, as the arrays of an .npz file.

Convention:
    x_SPLIT is (N, H, W, C) in the unit range, whatever `data.pixels` says: float32 from 0 to 1, or
    uint8 from 0 to 255. y_SPLIT is (N,), int64. theta_SPLIT is (N, P), float32, or (N, 2, P) where
    an example has two images, one a channel. It takes points of the example to points of the
    image that it was made of (target -> source), normalized (x, y), with the centers of the corner
    pixels at -1 and 1. ``transform`` names its family, as `stnctl.geometry.TRANSFORMS` does;
    of a thin plate spline, ``control_points`` has the rows and columns. Where several transforms
    follow one another, theta_SPLIT_1, theta_SPLIT_2, ... and the rows of the two others are in
    the order in which points go through them. Without a distortion there are only images and
    labels.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from stnctl.config.data_section import ArrayKeys
from stnctl.config.schema import Config
from stnctl.data.dataset import Dataset
from stnctl.data.distortion_stats import drawn_ranges
from stnctl.data.split_view import CHUNK, EpochExamples
from stnctl.geometry import TRANSFORMS
from stnctl.geometry.transforms import ThinPlateSpline, Transform
from stnctl.storage.npz_writer import ArrayChunks

DTYPES = ("float32", "uint8")
"""What images may be written as."""

PIECE = 8 * CHUNK
"""Images that are held at a time."""


def exported_arrays(
    epochs: Mapping[str, EpochExamples],
    *,
    dtype: str = "float32",
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Iterator[ArrayChunks]:
    """Give the arrays of the file, as the module says them.

    Args:
        epochs: The examples of each split, by its name.
        dtype: One of `DTYPES`; images as uint8 are rounded to the nearest.
        progress: Called with the number of images that are made, and that of all.
    """
    total, done = sum(map(len, epochs.values())), 0
    for name, epoch in epochs.items():
        shape = (len(epoch), *epoch.view.input_shape)
        told = _telling(_images(epoch, dtype), progress, done, total)
        yield ArrayChunks(f"x_{name}", shape, np.dtype(dtype), told)
        done += len(epoch)
        yield ArrayChunks.of(f"y_{name}", epoch.labels)
        yield from _thetas(name, epoch)
    yield from _families(families(epochs))


def families(epochs: Mapping[str, EpochExamples]) -> tuple[Transform, ...]:
    """Return the transforms of the examples, as points go through them; () if they are plain."""
    epoch = next(iter(epochs.values()))
    return tuple(link.transform for image in epoch.images[:1] for link in image.links)


def family_name(transform: Transform) -> str:
    """Return the name of a family of `stnctl.geometry.TRANSFORMS`."""
    return next(name for name, family in TRANSFORMS.items() if type(family) is type(transform))


def keys_to_read(splits: Sequence[str]) -> dict[str, Any]:
    """Return what `data.keys` must say so that the file is a data set by itself.

    Args:
        splits: What is in the file: all, or one, which then is trained and measured on.
    """
    parts = {part: part if part in splits else splits[0] for part in ("train", "test")}
    if len(splits) > 1 and "validation" in splits:
        parts["validation"] = "validation"
    keys = {f"{kind}_{part}": f"{kind}_{name}" for part, name in parts.items() for kind in "xy"}
    return ArrayKeys(**keys).model_dump(exclude_defaults=True)


def section_to_read(config: Config, path: Path, splits: Sequence[str]) -> dict[str, Any]:
    """Return the section `data` of a configuration that reads the file.

    Args:
        config: What the file was made by; its network wants the same range of pixels.
        path: The file.
        splits: What is in it.
    """
    raw = {"pixels": "raw"} if config.data.pixels == "raw" else {}
    return {"source": str(path), **raw, "keys": keys_to_read(splits)}


def describe_export(
    config: Config, dataset: Dataset, epochs: Mapping[str, EpochExamples], number: int
) -> dict[str, Any]:
    """Return what a file was made of, as a JSON document.

    Args:
        config: What it was made by.
        dataset: What it was made from.
        epochs: The examples of each split, by its name.
        number: The epoch of the training images, from 1.
    """
    return {
        "data": dataset.source,
        "data_sha256": dataset.sha256,
        "distortion": config.model_dump(mode="json")["data"]["distortion"],
        "seed": config.seed,
        "test_seed": config.data.test_seed,
        "epoch": number,
        "transform": [family_name(transform) for transform in families(epochs)],
        "drawn": {
            name: {what: asdict(found) for what, found in drawn_ranges(epoch).items()}
            for name, epoch in epochs.items()
        },
    }


def _images(epoch: EpochExamples, dtype: str) -> Iterator[np.ndarray]:
    """Give U of all examples in the unit range, `PIECE` at a time."""
    unit = replace(epoch, view=replace(epoch.view, pixels="unit"))
    for start in range(0, len(epoch), PIECE):
        U = unit.inputs(np.arange(start, min(start + PIECE, len(epoch))))
        yield np.rint(U * 255).astype(np.uint8) if dtype == "uint8" else U


def _telling(
    pieces: Iterator[np.ndarray], progress: Callable[[int, int], None], done: int, total: int
) -> Iterator[np.ndarray]:
    for piece in pieces:
        yield piece
        done += len(piece)
        progress(done, total)


def _thetas(split: str, epoch: EpochExamples) -> Iterator[ArrayChunks]:
    chains = [image.links for image in epoch.images]
    links = list(zip(*chains, strict=True))  # of each image of an example, the same families
    for number, of_images in enumerate(links, 1):
        thetas = [link.theta.astype(np.float32) for link in of_images]
        theta = np.stack(thetas, axis=1) if len(thetas) > 1 else thetas[0]
        yield ArrayChunks.of(
            f"theta_{split}_{number}" if len(links) > 1 else f"theta_{split}", theta
        )


def _families(transforms: tuple[Transform, ...]) -> Iterator[ArrayChunks]:
    if not transforms:
        return
    yield ArrayChunks.of(
        "transform", np.array([family_name(transform) for transform in transforms])
    )
    splines = [
        transform.control_points if isinstance(transform, ThinPlateSpline) else (0, 0)
        for transform in transforms
    ]
    if any(map(any, splines)):
        yield ArrayChunks.of("control_points", np.array(splines, np.int64))
