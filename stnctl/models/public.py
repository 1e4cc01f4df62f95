"""Networks for notebooks: a Keras model from a config, without a run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import yaml

from stnctl.config.load import load_config, parse_config
from stnctl.models.build import build_model
from stnctl.models.network import fitting_network


def build_network(
    config: str | Path | Mapping[str, Any],
    input_shape: tuple[int, int, int],
    num_classes: int,
    *,
    seed: int | None = None,
) -> keras.Model:
    """Return a new Keras model of a network, with random initial weights.

    Args:
        config: The path of a YAML config, or its section `model` as a mapping.
        input_shape: (H, W, C) of U.
        num_classes: Number of logits.
        seed: Seed of the weights, default that of the config.

    Returns:
        A Keras model from U (B, H, W, C) to logits (B, num_classes).

    Raises:
        ConfigError: If the config is not valid, or a layer does not fit its input.

    Example:
        >>> model = stnctl.build_network({"classifier": ["conv", "transformer"]}, (28, 28, 1), 10)
    """
    if isinstance(config, Mapping):
        found = parse_config(yaml.safe_dump({"model": dict(config)}), where="config")
    else:
        found = load_config(Path(config))
    if seed is not None:
        found = found.model_copy(update={"seed": seed})
    return build_model(found, fitting_network(found.model, input_shape, num_classes))
