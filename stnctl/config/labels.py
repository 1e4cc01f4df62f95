"""Short names of data, distortions and networks, for tables. No schema is loaded."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

UNKNOWN = "?"
"""Name of a value of an untrusted config that is not valid."""


def data_name(source: str) -> str:
    """Return the name of a data set, such as digits, or the last part of its path."""
    return Path(source).name


def distortion_name(distortion: Any) -> str:
    """Return the name of a set, or the names of steps joined by " + "; "none" without steps.

    Args:
        distortion: The value of `data.distortion` as plain data, with all keys.
    """
    if isinstance(distortion, list):
        return " + ".join(_text(step, "step") for step in distortion) or "none"
    return _text(distortion, "set")


def network_name(model: Any) -> str:
    """Return the names of the parts of a network, in their order, joined by " + ".

    Examples are "article" and "affine + compact". A list of layers is "5 layers".

    Args:
        model: The section `model` as plain data. Keys with default values may be missing.
    """
    if not isinstance(model, dict):
        return UNKNOWN
    transformers = model.get("transformer")
    if not isinstance(transformers, list):
        transformers = [] if transformers is None else [transformers]
    names = [_transformer_name(transformer) for transformer in transformers]
    classifier = model.get("classifier", {})
    if isinstance(classifier, list):
        return " + ".join([*names, *_inner_names(classifier), _count(classifier, "layer")])
    return " + ".join([*names, _text(classifier, "network", "article")])


def _inner_names(layers: Any) -> Iterator[str]:
    """Yield the names of the transformers in lists of layers, at any depth."""
    for layer in layers if isinstance(layers, list) else ():
        if isinstance(layer, list):
            yield from _inner_names(layer)
        elif isinstance(layer, dict) and layer.get("layer") == "transformer":
            yield _transformer_name(layer)
        elif isinstance(layer, dict):
            yield from _inner_names(layer.get("layers", layer.get("branches")))


def _transformer_name(transformer: Any) -> str:
    """Return the transform of a transformer, with the numbers of parallel ones and of steps."""
    name = _text(transformer, "transform", "affine")
    section = transformer if isinstance(transformer, dict) else {}
    parallel, steps = section.get("parallel", 1), section.get("steps", 1)
    before = "" if parallel == 1 else f"{parallel} "
    return f"{before}{name}" if steps == 1 else f"{before}{name} ({steps} steps)"


def _count(items: list[Any], noun: str) -> str:
    return f"{len(items)} {noun}{'' if len(items) == 1 else 's'}"


def _text(section: Any, key: str, default: str = UNKNOWN) -> str:
    """Return the text at a key of a section; the section itself, if it is a text."""
    value = section.get(key, default) if isinstance(section, dict) else section
    return value if isinstance(value, str) else UNKNOWN
