"""Catalog of the named networks: their sections, traces and descriptions. Keras is not loaded."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import yaml

from stnctl.config.classifier_sections import CLASSIFIERS, ClassifierSection
from stnctl.config.layer_lists import Layer, TransformerConfig
from stnctl.config.localizer_sections import LOCALIZERS, PolarLocalizer
from stnctl.config.model_section import ModelConfig
from stnctl.config.section import Section
from stnctl.errors import UsageError, did_you_mean
from stnctl.models.classifiers import classifier_layers
from stnctl.models.localizers import Layers, localizer_layers
from stnctl.models.network import Network, trace_network
from stnctl.models.operation import Shape

CLASSIFIER, LOCALIZATION = "classifier", "localization"
"""Kinds of named networks, which are also the keys of a config that take them."""


@dataclass(frozen=True)
class NamedNetwork:
    """Named network.

    Attributes:
        kind: `CLASSIFIER` or `LOCALIZATION`.
        name: Its name in a config.
        section: Its section with all defaults.
    """

    kind: str
    name: str
    section: Any

    @property
    def description(self) -> str:
        """First line of the docstring of its section."""
        return (type(self.section).__doc__ or "").strip().splitlines()[0]

    @property
    def model(self) -> ModelConfig:
        """Section `model` of a network that has it.

        A localization network is that of an affine transformer, or of a rotation if it is for
        transforms with an angle. It has no classifier but the logits.
        """
        if self.kind == CLASSIFIER:
            return ModelConfig(classifier=self.section)
        transform = "rotation" if isinstance(self.section, PolarLocalizer) else "affine"
        transformer = TransformerConfig(localization=self.section, transform=transform)
        return ModelConfig(transformer=transformer, classifier=())

    def trace(self, input_shape: Shape, num_classes: int) -> Network:
        """Return the trace of the network; that of a localization network ends with theta.

        Args:
            input_shape: (H, W, C) of U.
            num_classes: Number of logits of a classifier.

        Raises:
            ConfigError: If the network does not fit the size of U.
        """
        network = trace_network(self.model, input_shape, num_classes)
        if self.kind == CLASSIFIER:
            return network
        theta = network.transformers[0].theta
        return replace(
            network, nodes=network.nodes[: theta.node + 1], logits=theta, transformers=()
        )

    @property
    def layers(self) -> Layers | None:
        """Layers of the network; None if it is no list of layers."""
        if isinstance(self.section, ClassifierSection):
            return classifier_layers(self.section)
        if isinstance(self.section, PolarLocalizer):
            return None
        return localizer_layers(self.section)

    def yaml(self) -> str:
        """Return the network as YAML of a config, without the keys that have their defaults."""
        layers = self.layers
        if layers is None:
            lines = [f"{self.kind}: {_flow(_changed(self.section, keep='network'))}"]
        else:
            lines = [f"{self.kind}:", *(f"  - {_layer_text(layer)}" for layer in layers)]
        above = ["model:"] if self.kind == CLASSIFIER else ["model:", "  transformer:"]
        indent = "  " * len(above)
        return "\n".join([*above, *(indent + line for line in lines)]) + "\n"


def named_networks() -> Iterator[NamedNetwork]:
    """Yield all named networks, first the classifiers."""
    for kind, sections in ((CLASSIFIER, CLASSIFIERS), (LOCALIZATION, LOCALIZERS)):
        for name, section in sections.items():
            yield NamedNetwork(kind, name, section())


def find_networks(text: str) -> list[NamedNetwork]:
    """Return the networks with a name, such as ``article`` or ``classifier:article``.

    Raises:
        UsageError: If there is none.
    """
    known = list(named_networks())
    found = [each for each in known if text in (each.name, f"{each.kind}:{each.name}")]
    if not found:
        names = list(dict.fromkeys(each.name for each in known))
        raise UsageError(
            f"no named network {text!r}: expected one of {', '.join(names)}"
            f"{did_you_mean(text, names)}"
        )
    return found


def _layer_text(layer: Layer) -> str:
    changed = _changed(layer, keep="layer")
    return layer.layer if len(changed) == 1 else _flow(changed)


def _changed(section: Section, *, keep: str) -> dict[str, Any]:
    """Return the key ``keep`` of a section, and the keys that differ from the defaults."""
    changed = section.model_dump(mode="json", exclude_defaults=True)
    return {keep: getattr(section, keep), **changed}


def _flow(data: dict[str, Any]) -> str:
    text: str = yaml.safe_dump(data, default_flow_style=True, sort_keys=False, width=10_000)
    return text.strip()
