"""Texts below the images of examples: labels, prediction, index, and theta in words."""

from stnctl.inspection.examples import TransformerMaps
from stnctl.inspection.inspected_example import InspectedExample, predicted_label, true_label
from stnctl.warping.describe import describe_effect
from stnctl.warping.theta_path import MapSizes, ThetaPath

_SHORT = 8  # characters of both names on one line


def caption(item: InspectedExample) -> str:
    """Return the caption of an example, on two lines if its label is a sum or has a long name."""
    is_long = item.terms or (item.names and sum(map(len, item.names)) > _SHORT)
    comma = "\n" if is_long else ", "
    prediction = f"Pred: {predicted_label(item)} ({item.probability:.1%})"
    return f"True: {true_label(item)}{comma}{prediction}"


def short_caption(item: InspectedExample) -> str:
    """Return the caption of an example on one short line."""
    return f"{index_note(item)}, True: {true_label(item)}, Pred: {predicted_label(item)}"


def index_note(item: InspectedExample) -> str:
    """Return the note of an example with its index."""
    return f"example {item.index}"


def theta_note(item: InspectedExample, maps: TransformerMaps, place: int) -> str:
    """Return the note of an example with its index, and its theta in words; see `theta_words`."""
    return f"{index_note(item)}: {theta_words(maps, place)}"


def theta_words(maps: TransformerMaps, place: int) -> str:
    """Return the motion from U to V, such as ``rotates 30.0° clockwise``.

    Args:
        maps: The maps of a transformer.
        place: Place of the example in the maps.
    """
    sizes = MapSizes(
        (maps.U.shape[1], maps.U.shape[2]),
        (maps.V.shape[1], maps.V.shape[2]),
        maps.transformer.sampling.align_corners,
    )
    effect = describe_effect(theta_path(maps, place), sizes)
    return effect.removeprefix("The image ").removesuffix(".")


def theta_path(maps: TransformerMaps, place: int) -> ThetaPath:
    """Return the theta of one example, with the straight path from the identity."""
    sampling = maps.transformer.sampling
    return ThetaPath(sampling.transform, sampling.family, maps.theta[place].astype("float64"))
