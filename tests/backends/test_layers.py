"""Training step of every layer on JAX and PyTorch, without TensorFlow."""

import re

import pytest

from stnctl.config.layer_lists import LAYERS
from stnctl.config.localizer_sections import LOCALIZERS
from tests.models.network_combinations import PLACES, config_text

STEP = """
import sys

sys.modules["tensorflow"] = None  # its import fails

from pathlib import Path

import numpy as np

from stnctl.config.load import parse_config
from stnctl.data.dataset import Dataset, Split
from stnctl.models.job import Job
from stnctl.models.backend import start_backend
from stnctl.models.state import weights_of
from stnctl.training.setup import make_model

start_backend(threads=1)
generator = np.random.default_rng(0)
split = Split(generator.integers(0, 255, (12, 16, 16, 1), np.uint8), np.arange(12) % 10)
dataset = Dataset(split, split, split, "random", "", 10)
for text in {texts!r}:
    job = Job(parse_config(text, where="net.yaml"), dataset)
    job.check_network()
    model = make_model(job)
    before = weights_of(model)
    examples = job.examples("train")
    for _ in range(2):  # a head that starts at zero gives no gradient to the layers before it
        loss = model.train_on_batch(examples.inputs(np.arange(12)), examples.labels)
        assert np.isfinite(loss), text
    after = weights_of(model)
    print([name for name in before if np.array_equal(before[name], after[name])])
"""


def texts() -> list[str]:
    """Return configs that together have each layer, place and localization network."""
    rows = [
        {
            "transform": "similarity",
            "head": "unit" if name == "polar" else None,
            "localizer": name,
            "place": place,
            "interpolation": "bilinear",
            "padding": "zeros",
            "align_corners": True,
            "output_size": None,
            "optimizer": "adam",
            "schedule": "constant",
            "distortion": "none",
        }
        for name, place in zip(["list of layers", *LOCALIZERS, "article"], PLACES, strict=True)
    ]
    return [*map(config_text, rows), EVERY_LAYER]


EVERY_LAYER = """
model:
  classifier:
    - {layer: conv, filters: 4, batch_norm: true}
    - pool
    - {layer: transformer, localization: paper_fcn}
    - coords
    - {layer: residual, layers: [{layer: conv, filters: 4, padding: same}, batch_norm]}
    - {layer: parallel, branches: [[{layer: conv, filters: 3}, pool], [{layer: pool, size: 3}]]}
    - {layer: activation, activation: tanh}
    - flatten
    - {layer: dropout, rate: 0.2}
    - {layer: dense, units: 6}
"""


def test_texts_have_every_layer():
    text = "\n".join(texts())
    assert not [name for name in LAYERS if not re.search(rf"\b{name}\b", text)]


@pytest.mark.parametrize("first", range(3))
def test_train_on_batch_of_every_layer(first, run_python, keras_backend):
    """Every weight changes within two steps, and the loss is finite."""
    if keras_backend == "tensorflow":
        pytest.skip("tests/models/test_network_combinations.py tests TensorFlow")
    group = texts()[first::3]
    output = run_python(STEP.format(texts=group))
    assert output.splitlines() == ["[]"] * len(group)
