"""Networks that ``stnctl models`` shows: the named ones, or the one of a configuration."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stnctl.cli.layer_tables import describe_layers, shape_text
from stnctl.config.shipped import shipped_names
from stnctl.errors import ConfigError, UsageError
from stnctl.models.catalog import NamedNetwork, find_networks
from stnctl.models.memory_use import step_bytes
from stnctl.models.network import Network, fitting_network

BATCH = 64
"""Number of images of the training step whose memory is given."""

_SIZE = re.compile(r"([1-9]\d{0,3})x([1-9]\d{0,3})")


@dataclass(frozen=True)
class Images:
    """Examples that a network takes.

    Attributes:
        shape: (H, W, C) of U.
        num_classes: Number of classes.
    """

    shape: tuple[int, int, int] = (28, 28, 1)
    num_classes: int = 10

    def changed(self, size: str | None, channels: int | None, classes: int | None) -> "Images":
        """Return images with the given options in place of the own values.

        Raises:
            UsageError: If the size is not a height and a width.
        """
        sides = self.shape[:2] if size is None else _parse_size(size)
        num_channels = self.shape[2] if channels is None else channels
        return Images((*sides, num_channels), self.num_classes if classes is None else classes)

    @property
    def text(self) -> str:
        """Shape and number of classes as text."""
        return f"images of {shape_text(self.shape)} and {self.num_classes} classes"

    def describe(self) -> dict[str, Any]:
        """Return the images as a JSON document."""
        return {"input": list(self.shape), "num_classes": self.num_classes}


@dataclass(frozen=True)
class ShownNetwork:
    """Traced network with its YAML.

    Attributes:
        title: Its kind and name, or the path of its configuration.
        yaml: The YAML.
        images: The images it takes.
        network: The trace.
    """

    title: str
    yaml: str
    images: Images
    network: Network

    @property
    def heading(self) -> str:
        """Title with the images and the sizes."""
        network = self.network
        return (
            f"{self.title}, for {self.images.text}: {network.parameters:,} parameters, "
            f"{network.multiply_adds:,} multiply-adds per image"
        )

    def describe(self) -> dict[str, Any]:
        """Return the network as a JSON document."""
        return {
            "name": self.title,
            **self.images.describe(),
            "yaml": self.yaml,
            "num_params": self.network.parameters,
            "multiply_adds": self.network.multiply_adds,
            "step_bytes": step_bytes(self.network, BATCH),
            "layers": describe_layers(self.network),
        }


def shown_networks(
    name: str, size: str | None, channels: int | None, classes: int | None
) -> list[ShownNetwork]:
    """Return the networks with a name, or the network of a configuration.

    Args:
        name: The name of a network or of a shipped config, or the path of a YAML file.
        size: HxW of the images; by default 28x28, or the size that the distortion of the
            configuration gives to such images. The same holds for the other options.
        channels: Number of channels.
        classes: Number of classes.

    Raises:
        UsageError: If there is no such network, or a named network does not fit the images.
        ConfigError: If the configuration is not valid, or its network does not fit the images.
    """
    if Path(name).suffix in (".yaml", ".yml") or name in shipped_names():
        return [_configured(Path(name), size, channels, classes)]
    images = Images().changed(size, channels, classes)
    return [
        ShownNetwork(
            f"{each.kind} {each.name}",
            f"# {each.description}\n{each.yaml()}",
            images,
            _trace(each, images),
        )
        for each in find_networks(name)
    ]


def _configured(
    path: Path, size: str | None, channels: int | None, classes: int | None
) -> ShownNetwork:
    from stnctl.config.load import load_config, locating_problems
    from stnctl.config.short_form import short_yaml
    from stnctl.data.distortions.distortion_spec import distortion_spec

    config = load_config(path)
    spec, stored = distortion_spec(config.data.distortion), Images()
    distorted = Images(spec.input_shape(stored.shape), spec.num_classes(stored.num_classes))
    images = distorted.changed(size, channels, classes)
    with locating_problems(path):
        network = fitting_network(config.model, images.shape, images.num_classes)
    return ShownNetwork(str(path), short_yaml({"model": config.model}), images, network)


def _trace(named: NamedNetwork, images: Images) -> Network:
    try:
        return named.trace(images.shape, images.num_classes)
    except ConfigError as error:
        raise UsageError(
            f"{named.kind} {named.name} does not fit {images.text}: {error}",
            hint="choose a larger size with --size",
        ) from error


def describe_named(named: NamedNetwork, images: Images) -> dict[str, Any]:
    """Return a named network as a JSON document, with its problem if it does not fit the images."""
    document = {"name": named.name, "kind": named.kind, "description": named.description}
    try:
        network = named.trace(images.shape, images.num_classes)
    except ConfigError as error:
        sizes = dict.fromkeys(("num_params", "multiply_adds", "step_bytes"))
        return {**document, **sizes, "problem": str(error)}
    return {
        **document,
        "num_params": network.parameters,
        "multiply_adds": network.multiply_adds,
        "step_bytes": step_bytes(network, BATCH),
        "problem": None,
    }


def _parse_size(text: str) -> tuple[int, int]:
    match = _SIZE.fullmatch(text)
    if match is None:
        raise UsageError(f"--size: expected a height and a width such as 28x28, got {text!r}")
    return int(match[1]), int(match[2])
