"""Small networks, which build fast and have all parts of a large one."""

from collections.abc import Callable
from typing import Any

import keras

from stnctl.config.classifier_sections import ClassifierConfig
from stnctl.config.layer_lists import TransformerConfig
from stnctl.config.load import parse_config
from stnctl.config.localizer_sections import BottleneckConfig, LocalizationConfig
from stnctl.config.model_section import ModelConfig
from stnctl.config.schema import Config
from stnctl.geometry import TRANSFORMS
from stnctl.models.build import build_model, keras_model
from stnctl.models.graph import Graph, Scope, Tensor
from stnctl.models.network import Network, trace_network

SHAPE, NUM_CLASSES = (12, 14, 1), 4
CLASSIFIER = ClassifierConfig(filters=(3,), units=5, dropout=0.5)
RESIDUAL = LocalizationConfig(filters=(2, 3), bottleneck=BottleneckConfig(units=4))
BOUNDED: dict[str, Any] = {"localization": LocalizationConfig(filters=(2,)), "head": "bounded"}
SIGMOID: dict[str, Any] = {
    "localization": LocalizationConfig(filters=(2,), activation="relu"),
    "head": "sigmoid",
}

FAMILIES: list[dict[str, Any]] = [
    *({"transform": name} for name in TRANSFORMS if name != "flow"),
    {"transform": "affine", "constraints": ((None, 0.0, None), (0.0, None, 0.25))},
    {"transform": "thin_plate_spline", "control_points": (2, 3)},
]
"""Keys of a transformer's configuration: all families, and families with options."""


def name_of(family: dict[str, Any]) -> str:
    """Return a family as the id of a test."""
    return "-".join(map(str, family.values()))


def config(**transformer: Any) -> ModelConfig:
    """Return a network with one transformer, by default with the localization `RESIDUAL`."""
    section = TransformerConfig(**{"localization": RESIDUAL, **transformer})
    return ModelConfig(transformer=section, classifier=CLASSIFIER)


def small_model(model_config: ModelConfig | None = None, seed: int = 0) -> keras.Model:
    """Return the Keras model of a network for `SHAPE` and `NUM_CLASSES`."""
    section = model_config or config()
    return build_model(Config(model=section, seed=seed), trace_network(section, SHAPE, NUM_CLASSES))


def model_section(text: str) -> ModelConfig:
    """Return the section `model` of a YAML text."""
    return parse_config(f"model: {text}", where="x").model


def traced(text: str, shape: tuple[int, ...] = SHAPE, num_classes: int = NUM_CLASSES) -> Network:
    """Return the trace of the section `model` in a YAML text."""
    return trace_network(model_section(text), shape, num_classes)


def built(text: str, shape: tuple[int, ...] = SHAPE) -> keras.Model:
    """Return the Keras model of the section `model` in a YAML text."""
    return keras_model(traced(text, shape))


def part(add: Callable[[Tensor, Scope], Tensor], shape: tuple[int, ...] = SHAPE) -> keras.Model:
    """Return the Keras model of the operations that a function adds to a graph."""
    graph = Graph(shape)
    result = add(graph.input, Scope(graph, "part", ("model", "classifier")))
    return keras_model(Network(tuple(graph.nodes), graph.input, result, ()))
