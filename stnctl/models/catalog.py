"""Catalog of the named networks: their sections, traces and descriptions. Keras is not loaded."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from stnctl.config.classifier_sections import CLASSIFIERS
from stnctl.config.layer_lists import TransformerConfig
from stnctl.config.localizer_sections import LOCALIZERS, PolarLocalizer, default_head
from stnctl.config.model_section import ModelConfig
from stnctl.config.shipped import SHIPPED_HINT, shipped_names
from stnctl.config.short_form import short_yaml
from stnctl.errors import UsageError, did_you_mean
from stnctl.models.classifiers import classifier_layers
from stnctl.models.localizers import localizer_layers
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
        """Section `model` with the network. That of a localization network has no classifier."""
        if self.kind == CLASSIFIER:
            return ModelConfig(classifier=self.section)
        return ModelConfig(transformer=self._transformer, classifier=())

    @property
    def _transformer(self) -> TransformerConfig:
        """Affine transformer with a localization network, or rotation if the network needs one."""
        transform = "rotation" if isinstance(self.section, PolarLocalizer) else "affine"
        return TransformerConfig(localization=self.section, transform=transform)

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

    def yaml(self) -> str:
        """Return the network as YAML of a config: as a list of layers, if it is one."""
        if self.kind == CLASSIFIER:
            return short_yaml({"model": {"classifier": classifier_layers(self.section)}})
        transformer = self._transformer
        if not isinstance(self.section, PolarLocalizer):
            layers = localizer_layers(self.section)
            head: str | None = default_head(self.section)
            if head == default_head(layers):
                head = None
            transformer = transformer.model_copy(update={"localization": layers, "head": head})
        return short_yaml({"model": {"transformer": transformer}})


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
        with_kind = ":" in text
        names = list(
            dict.fromkeys(f"{each.kind}:{each.name}" if with_kind else each.name for each in known)
        )
        raise UsageError(
            f"no named network {text!r}: expected a .yaml file, or one of {', '.join(names)}"
            f"{did_you_mean(text, [*names, *shipped_names()])}",
            hint=SHIPPED_HINT,
        )
    return found
