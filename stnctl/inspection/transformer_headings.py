"""Headings of the transformers of a network, in words."""

import re
from collections.abc import Sequence
from typing import Any

from stnctl.config.model_section import ModelConfig
from stnctl.models.traced_transformer import TracedTransformer

Heading = tuple[str, ...]
"""Lines of a heading, such as ``2: affine`` and ``step 1 of 3``."""

_BRANCHES = re.compile(r"\.branches\[(\d+)\]")


def transformer_headings(
    transformers: Sequence[TracedTransformer], model: ModelConfig
) -> list[Heading]:
    """Return the heading of each transformer of a network.

    The first line has the transform, with a number if the config has several sections. Further
    lines have the layer, for a transformer that samples the result of other layers, and the branch
    and the step, where there are several.

    Args:
        transformers: The transformers in the order of the network.
        model: The configuration of the network.
    """
    sections: dict[str, list[TracedTransformer]] = {}
    for transformer in transformers:
        sections.setdefault(transformer.key, []).append(transformer)
    numbers = {key: number for number, key in enumerate(sections, 1)}
    headings = []
    for transformer in transformers:
        section = sections[transformer.key]
        family = section[0].sampling.transform.replace("_", " ")
        if len(sections) > 1:
            family = f"{numbers[transformer.key]}: {family}"
        lines = family, _layer(transformer), ", ".join(_parts(transformer, section, model))
        headings.append(tuple(filter(None, lines)))
    return headings


def _layer(transformer: TracedTransformer) -> str:
    """Return the layer of a transformer that samples the result of other layers, else no text."""
    if transformer.chain is not None:
        return ""
    layer = _BRANCHES.split(transformer.key)[0]
    numbers = [int(index) + 1 for index in re.findall(r"\d+", layer)]
    if layer.startswith("model.transformer"):
        return f"on the V of {numbers[0] - 1}"
    return f"in the classifier, layer {'.'.join(map(str, numbers))}"


def _parts(
    transformer: TracedTransformer, section: Sequence[TracedTransformer], model: ModelConfig
) -> list[str]:
    """Return the branches and the step of a transformer; ``section`` are those with its key."""
    key, parts = transformer.key, []
    for match in _BRANCHES.finditer(key):
        branches = _section_at(key[: match.start()], model).branches
        parts.append(f"branch {int(match[1]) + 1} of {len(branches)}")
    for word, index, count in (
        ("branch", transformer.branch, 1 + max(each.branch for each in section)),
        ("step", transformer.step, 1 + max(each.step for each in section)),
    ):
        if count > 1:
            parts.append(f"{word} {index + 1} of {count}")
    return parts


def _section_at(key: str, model: ModelConfig) -> Any:
    """Return the section with a dotted key, such as ``model.classifier[2]``."""
    section: Any = model
    for part in re.findall(r"\w+", key.removeprefix("model.")):
        section = section[int(part)] if part.isdigit() else getattr(section, part)
    return section
