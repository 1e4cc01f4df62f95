"""Headings of the transformers of a network, in words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stnctl.config.model_section import ModelConfig
from stnctl.models.traced_transformer import TracedTransformer

_BRANCHES = re.compile(r"\.branches\[(\d+)\]")


@dataclass(frozen=True)
class TransformerHeading:
    """Heading of a transformer in a figure or above a table.

    Attributes:
        family: Its transform, such as ``affine``; ``2: affine`` if the config has several sections.
        place: Its branch, its step and its place in the network, such as ``step 2 of 3``; empty for
            a transformer in front of the classifier without others beside it.
    """

    family: str
    place: str

    @property
    def line(self) -> str:
        """The heading on one line, such as ``2: affine, step 2 of 3``."""
        return f"{self.family}, {self.place}" if self.place else self.family


def transformer_headings(
    transformers: Sequence[TracedTransformer], model: ModelConfig
) -> list[TransformerHeading]:
    """Return the heading of each transformer of a network.

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
        headings.append(TransformerHeading(family, ", ".join(_places(transformer, section, model))))
    return headings


def _places(
    transformer: TracedTransformer, section: Sequence[TracedTransformer], model: ModelConfig
) -> list[str]:
    """Return the parts of the place of a transformer; ``section`` are those with its key."""
    key = transformer.key
    places = [] if transformer.chain is not None else [f"in {_BRANCHES.split(key)[0]}"]
    for match in _BRANCHES.finditer(key):
        branches = _section_at(key[: match.start()], model).branches
        places.append(f"branch {int(match[1]) + 1} of {len(branches)}")
    for word, index, count in (
        ("branch", transformer.branch, 1 + max(each.branch for each in section)),
        ("step", transformer.step, 1 + max(each.step for each in section)),
    ):
        if count > 1:
            places.append(f"{word} {index + 1} of {count}")
    return places


def _section_at(key: str, model: ModelConfig) -> Any:
    """Return the section with a dotted key, such as ``model.classifier[2]``."""
    section: Any = model
    for part in re.findall(r"\w+", key.removeprefix("model.")):
        section = section[int(part)] if part.isdigit() else getattr(section, part)
    return section
