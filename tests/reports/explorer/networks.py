"""Networks with random weights, as the page of the explorer gets them, and inputs for them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from stnctl.models.build import keras_model, with_intermediates
from stnctl.models.network import Network
from stnctl.reports.explorer.network_document import network_document
from stnctl.reports.explorer.page_models import PageModel
from stnctl.reports.explorer.page_weights import weights_document
from tests.models.small import model_section, traced

NETWORKS = {
    "article": ("{transformer: {output_size: [28, 28]}}", (42, 42, 1)),
    "polar": (
        "{transformer: {transform: similarity, localization: {network: polar, angles: 24, "
        "radii: 12, filters: [4, 4]}}, classifier: compact}",
        (20, 20, 1),
    ),
    "rotation with a unit head": (
        "{transformer: {transform: rotation, head: unit, localization: compact, pool: 2, "
        "feed_theta: true, theta_noise: 0.1}, classifier: speedrun}",
        (28, 28, 1),
    ),
    "residual and parallel layers": (
        "{classifier: [{layer: coords}, {layer: conv, filters: 6, stride: 2, padding: same, "
        "batch_norm: true, bias: false, activation: tanh}, {layer: residual, layers: [{layer: conv,"
        " filters: 8, kernel_size: 3, padding: same}, {layer: batch_norm}]}, {layer: parallel, "
        "branches: [[{layer: conv, filters: 3, kernel_size: 4, stride: 3}], [{layer: pool, "
        "kind: average, size: 3}]]}, {layer: pool, kind: global}, {layer: dropout}, "
        "{layer: dense, units: 9, activation: sigmoid}, {layer: batch_norm}], transformer: null}",
        (15, 14, 2),
    ),
    "iterative and parallel transformers": (
        "{transformer: [{steps: 2, transform: similarity, head: bounded, localization: compact, "
        "padding: border, align_corners: false}, {parallel: 2, transform: projective, "
        "localizers: separate, output_size: [9, 11], interpolation: cubic, padding: reflection, "
        "localization: [{layer: conv, filters: 3, kernel_size: 5}, {layer: pool}]}], "
        "classifier: paper_fcn}",
        (16, 18, 1),
    ),
    "splines inside": (
        "{transformer: {transform: thin_plate_spline, control_points: [3, 4], shares: 1, "
        "interpolation: area, padding: value, fill_value: 0.25, localization: compact}, "
        "classifier: [{layer: conv, filters: 4, "
        "padding: same}, {layer: transformer, transform: diffeomorphic_affine, localization: "
        "[{layer: pool, size: 4}]}, {layer: pool}]}",
        (17, 16, 1),
    ),
}
"""Name -> section `model` of a config, and (H, W, C) of U."""

NUM_CLASSES = 10


@dataclass(frozen=True, eq=False)
class RandomNetwork:
    """Network with random weights.

    Attributes:
        network: Its trace.
        page_model: Its Keras model.
        document: The network as JSON.
        U: Random inputs, (n, H, W, C), float32 in [0, 1].
        outputs: The results of Keras, see `with_intermediates`.
    """

    network: Network
    page_model: PageModel
    document: dict[str, Any]
    U: np.ndarray
    outputs: dict[str, np.ndarray]

    def weights(self, dtype: str) -> dict[str, Any]:
        """Return the weights in a precision as JSON, with their error on U."""
        return weights_document(
            self.network, self.page_model, dtype, self.U, self.outputs["logits"]
        )


def random_network(name: str, count: int = 2) -> RandomNetwork:
    """Return one of `NETWORKS`, with thetas near the identity."""
    text, shape = NETWORKS[name]
    network = traced(text, shape, NUM_CLASSES)
    model = keras_model(network)
    rng = np.random.default_rng(len(name))
    for layer in model.layers:
        layer.set_weights([_random(each, layer.name, rng) for each in layer.get_weights()])
    U = np.stack([_blobs(shape, rng) for _ in range(count)])
    found = with_intermediates(model)(U, training=False)
    outputs = {key: np.asarray(value) for key, value in found.items()}
    document = network_document(network, model_section(text))
    return RandomNetwork(network, PageModel("random", 1, model), document, U, outputs)


def _blobs(shape: tuple[int, int, int], rng: np.random.Generator) -> np.ndarray:
    """Return a map (H, W, C) of smooth blobs on a background of zeros."""
    rows, columns = (axis[..., None] for axis in np.mgrid[: shape[0], : shape[1]])
    total = np.zeros(shape)
    for _ in range(6):
        y, x = (rng.random((1, 1, shape[2])) * size for size in shape[:2])
        total += np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / 8)
    return np.clip(1.5 * total - 0.3, 0, 1).astype(np.float32)


def _random(array: np.ndarray, layer: str, rng: np.random.Generator) -> np.ndarray:
    if array.ndim == 1:  # a bias, or a vector of a batch normalization
        return (array + 0.3 * rng.random(array.shape)).astype(array.dtype)
    width = np.prod(array.shape[:-1])
    scale = 0.15 if "theta" in layer else 1.5  # the horizon of a projection stays outside of V
    return (scale * rng.standard_normal(array.shape) / np.sqrt(width)).astype(array.dtype)
