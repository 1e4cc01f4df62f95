"""Export of distorted examples as the arrays of an .npz file.

Convention:
    SPLIT is the name of a split. x_SPLIT has the images, (N, H, W, C): float32 from 0 to 1, or
    uint8 from 0 to 255, for any value of `data.pixels`. y_SPLIT has the labels, (N,), int64.

    theta_SPLIT has the theta of each example, (N, P), float32, or (N, 2, P) for examples of two
    images, one per channel. P is the number of parameters. theta maps points of the example to
    points of the stored image (target to source), in normalized coordinates (x, y), with -1 and 1
    at the centers of the corner pixels. ``transform`` has the name of the transform, a key of
    `stnctl.geometry.TRANSFORMS`. ``control_points`` has the rows and columns of a thin plate
    spline, and 0 for other transforms; it is left out if there is no spline.

    For several transforms in sequence, there are theta_SPLIT_1, theta_SPLIT_2, ..., and
    ``transform`` and ``control_points`` have one row for each transform. The order is that in which
    points pass through the transforms. Without a distortion, the file has only images and labels.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from stnctl.config.data_section import ArrayKeys
from stnctl.config.schema import Config
from stnctl.data.chunk import CHUNK
from stnctl.data.dataset import Dataset
from stnctl.data.distortion_stats import drawn_ranges
from stnctl.data.split_view import EpochExamples
from stnctl.geometry.registries import TRANSFORMS
from stnctl.geometry.transforms.thin_plate_spline import ThinPlateSpline
from stnctl.geometry.transforms.transform import Transform
from stnctl.storage.npz_writer import ArrayChunks

IMAGES_IN_MEMORY = 8 * CHUNK
"""Maximum number of images in memory at a time."""


def exported_arrays(
    examples: Mapping[str, EpochExamples],
    *,
    dtype: str = "float32",
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Iterator[ArrayChunks]:
    """Yield the arrays of the file, with the names and shapes of this module's convention.

    Args:
        examples: Name of a split -> its examples.
        dtype: Type of the images: "float32", or "uint8", which rounds 255 times the values.
        progress: Called with the number of finished images, and the total.
    """
    total, done = sum(map(len, examples.values())), 0
    for split, of_split in examples.items():
        shape = (len(of_split), *of_split.view.input_shape)
        chunks = _with_progress(_images(of_split, dtype), progress, done, total)
        yield ArrayChunks(f"x_{split}", shape, np.dtype(dtype), chunks)
        done += len(of_split)
        yield ArrayChunks.of(f"y_{split}", of_split.labels)
        yield from _thetas(split, of_split)
    yield from _transform_arrays(exported_transforms(examples))


def exported_transforms(examples: Mapping[str, EpochExamples]) -> tuple[Transform, ...]:
    """Return the transforms of the examples, in the order in which points pass through them.

    The result is () if the examples are not distorted.

    Args:
        examples: Name of a split -> its examples.
    """
    of_split = next(iter(examples.values()))
    return tuple(
        stage.transform for each in of_split.distortions[:1] for stage in each.theta_stages
    )


def transform_name(transform: Transform) -> str:
    """Return the name of a transform in `stnctl.geometry.TRANSFORMS`."""
    return next(name for name, family in TRANSFORMS.items() if type(family) is type(transform))


def array_keys(splits: Sequence[str]) -> dict[str, Any]:
    """Return the section `data.keys` with which the file is a complete data set.

    Args:
        splits: The splits in the file. A single split is used for both training and test.
    """
    parts = {part: part if part in splits else splits[0] for part in ("train", "test")}
    if len(splits) > 1 and "validation" in splits:
        parts["validation"] = "validation"
    keys = {f"{kind}_{part}": f"{kind}_{split}" for part, split in parts.items() for kind in "xy"}
    return ArrayKeys(**keys).model_dump(exclude_defaults=True)


def data_section(config: Config, path: Path, splits: Sequence[str]) -> dict[str, Any]:
    """Return the section `data` of a config that reads the file.

    Args:
        config: The config of the export. The section has the same `data.pixels`.
        path: Path of the file.
        splits: The splits in the file.
    """
    raw = {"pixels": "raw"} if config.data.pixels == "raw" else {}
    return {"source": str(path), **raw, "keys": array_keys(splits)}


def describe_export(
    config: Config, dataset: Dataset, examples: Mapping[str, EpochExamples], number: int
) -> dict[str, Any]:
    """Return a JSON document that describes an export.

    It has the data set with its hash, the distortion, the seeds, the epoch, the transforms, and the
    statistics of each value that the distortion draws at random.

    Args:
        config: The config of the export.
        dataset: The data set of the export.
        examples: Name of a split -> its examples.
        number: The epoch whose training images are exported, counted from 1.
    """
    return {
        "data": dataset.source,
        "data_sha256": dataset.sha256,
        "distortion": config.model_dump(mode="json")["data"]["distortion"],
        "seed": config.seed,
        "test_seed": config.data.test_seed,
        "epoch": number,
        "transform": [transform_name(transform) for transform in exported_transforms(examples)],
        "drawn": {
            split: {name: asdict(drawn) for name, drawn in drawn_ranges(of_split).items()}
            for split, of_split in examples.items()
        },
    }


def _images(examples: EpochExamples, dtype: str) -> Iterator[np.ndarray]:
    """Yield U of all examples in the unit range, `IMAGES_IN_MEMORY` at a time."""
    unit = replace(examples, view=replace(examples.view, pixels="unit"))
    for start in range(0, len(examples), IMAGES_IN_MEMORY):
        U = unit.inputs(np.arange(start, min(start + IMAGES_IN_MEMORY, len(examples))))
        yield np.rint(U * 255).astype(np.uint8) if dtype == "uint8" else U


def _with_progress(
    chunks: Iterator[np.ndarray], progress: Callable[[int, int], None], done: int, total: int
) -> Iterator[np.ndarray]:
    for chunk in chunks:
        yield chunk
        done += len(chunk)
        progress(done, total)


def _thetas(split: str, examples: EpochExamples) -> Iterator[ArrayChunks]:
    of_images = [distortion.theta_stages for distortion in examples.distortions]
    stages = list(zip(*of_images, strict=True))  # all images of an example have the same transforms
    for number, stage_of_images in enumerate(stages, 1):
        thetas = [stage.theta.astype(np.float32) for stage in stage_of_images]
        theta = np.stack(thetas, axis=1) if len(thetas) > 1 else thetas[0]
        name = f"theta_{split}_{number}" if len(stages) > 1 else f"theta_{split}"
        yield ArrayChunks.of(name, theta)


def _transform_arrays(transforms: tuple[Transform, ...]) -> Iterator[ArrayChunks]:
    if not transforms:
        return
    yield ArrayChunks.of("transform", np.array([transform_name(each) for each in transforms]))
    lattices = [
        transform.control_points if isinstance(transform, ThinPlateSpline) else (0, 0)
        for transform in transforms
    ]
    if any(map(any, lattices)):
        yield ArrayChunks.of("control_points", np.array(lattices, np.int64))
