"""Predictions of a run for image files of a user."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from stnctl.data.dataset import Split
from stnctl.data.image_files.image_io import Image
from stnctl.data.image_files.preparation import (
    color_values,
    gray_values,
    prepare_digit,
    prepare_whole,
)
from stnctl.data.split_view import SplitView
from stnctl.errors import InputError, UsageError
from stnctl.evaluation.classification_metrics import log_probabilities
from stnctl.evaluation.loaded_run import LoadedRun
from stnctl.figures.example_grids import shade_limits
from stnctl.figures.prediction_gallery import predictions_png
from stnctl.inspection.captions import theta_words
from stnctl.inspection.composed_outlines import composed_outlines
from stnctl.inspection.examples import TransformerMaps, transformer_maps

HANDWRITTEN = ("mnist", "digits")
"""Sources of data whose images are handwritten digits."""

_CHANNELS = (1, 3)


@dataclass(frozen=True, eq=False)
class ImagePredictions:
    """Predictions for n images.

    Attributes:
        names: Names of the images.
        prepare: The preparation.
        U: The prepared images, (n, H, W, C), in the range of `data.pixels`.
        probabilities: (n, K).
        transformers: The maps of each transformer, in the order of the network.
    """

    names: Sequence[str]
    prepare: str
    U: np.ndarray
    probabilities: np.ndarray
    transformers: list[TransformerMaps]

    @property
    def predicted(self) -> np.ndarray:
        """The classes, (n,)."""
        classes: np.ndarray = self.probabilities.argmax(axis=1)
        return classes

    def ranked(self, place: int, count: int) -> list[tuple[int, float]]:
        """Return the most probable classes of an image, with their probabilities."""
        shares = self.probabilities[place]
        best = np.argsort(-shares, kind="stable")[:count]
        return [(int(label), float(shares[label])) for label in best]

    def documents(self) -> list[dict[str, Any]]:
        """Return the prediction of each image as a JSON document."""
        return [
            {
                "image": name,
                "predicted": int(self.predicted[place]),
                "probability": float(self.probabilities[place].max()),
                "probabilities": self.probabilities[place].tolist(),
                "theta": {
                    each.transformer.name: each.theta[place].tolist() for each in self.transformers
                },
            }
            for place, name in enumerate(self.names)
        ]


def default_preparation(loaded: LoadedRun) -> str:
    """Return the preparation of images for a run: "digit" for handwritten digits, else "fit"."""
    return "digit" if loaded.config.data.source in HANDWRITTEN else "fit"


def predict_images(
    loaded: LoadedRun, images: Mapping[str, Image], prepare: str
) -> ImagePredictions:
    """Predict the classes of images.

    Args:
        loaded: The run.
        images: Name of an image -> the image; one or more.
        prepare: One of `stnctl.config.choices.PREPARATIONS`.

    Raises:
        UsageError: If the network does not take one image of one or three channels.
        InputError: If an image can't be prepared.
        DivergedError: If a logit or a parameter of theta is not finite.
    """
    _check_takes_one_image(loaded)
    prepared = [_prepared(loaded, image, name, prepare) for name, image in images.items()]
    labels = np.zeros(len(prepared), np.int64)
    view = SplitView(Split(np.stack(prepared), labels), "test", pixels=loaded.config.data.pixels)
    examples = view.examples()
    outputs = loaded.predict(examples, intermediates=True)
    return ImagePredictions(
        names=list(images),
        prepare=prepare,
        U=examples.inputs(np.arange(len(prepared))),
        probabilities=np.exp(log_probabilities(outputs["logits"])),
        transformers=transformer_maps(loaded, outputs),
    )


def predictions_figure(
    loaded: LoadedRun, images: Mapping[str, Image], predictions: ImagePredictions
) -> bytes:
    """Return a PNG with the given images, the prepared ones, and V of the last transformer."""
    shown = [place for place, maps in enumerate(predictions.transformers)
             if maps.transformer.chain is not None]  # fmt: skip
    sampled, notes = None, list(predictions.names)
    if shown:
        maps = predictions.transformers[shown[-1]]
        outlines = composed_outlines(predictions.transformers, loaded.job.network)
        sampled = maps.V, outlines[shown[-1]]
        notes = [f"{name}: {theta_words(maps, n)}" for n, name in enumerate(notes)]
    captions = [
        f"Pred: {loaded.job.class_names[label]} ({share:.1%})"
        for [(label, share)] in (predictions.ranked(n, 1) for n in range(len(notes)))
    ]
    given = [gray_values(image)[..., None] if image.pixels.shape[-1] < 3 else color_values(image)
             for image in images.values()]  # fmt: skip
    limits = shade_limits(predictions.U)
    title = f"{loaded.run.name}: predictions, epoch {loaded.num_epochs}"
    return predictions_png(given, predictions.U, sampled, limits, captions, notes, title=title)


def _check_takes_one_image(loaded: LoadedRun) -> None:
    channels, stored = loaded.job.input_shape[-1], _stored_shape(loaded)[-1]
    if channels != stored or channels not in _CHANNELS:
        raise UsageError(
            f"{loaded.run.name} takes {channels} channels, made of images of {stored}: expected a "
            "network of one gray or RGB image",
            hint="`stnctl inspect` shows the predictions for its own data",
        )


def _prepared(loaded: LoadedRun, image: Image, name: str, prepare: str) -> np.ndarray:
    """Return an image as the network takes it, within [0, 1]."""
    height, width, channels = loaded.job.input_shape
    if prepare == "none":
        if image.size != (height, width):
            raise InputError(
                f"{name} has {image.size[1]}x{image.size[0]} pixels, expected {width}x{height} "
                "with --prepare none",
                hint="leave out --prepare, to scale the image",
            )
        return prepare_whole(image, (height, width), channels)
    stored_height, stored_width, _ = _stored_shape(loaded)
    size = min(height, stored_height), min(width, stored_width)
    if prepare == "digit":
        small = prepare_digit(image, size, name)
        small = np.broadcast_to(small, (*size, channels))
    else:
        small = prepare_whole(image, size, channels)
    top, left = (height - size[0]) // 2, (width - size[1]) // 2
    result = np.zeros((height, width, channels), np.float32)
    result[top : top + size[0], left : left + size[1]] = small
    return result


def _stored_shape(loaded: LoadedRun) -> tuple[int, int, int]:
    """Return (H, W, C) of the images of the data set, before their distortion."""
    _, height, width, channels = loaded.dataset.train.images.shape
    return height, width, channels
