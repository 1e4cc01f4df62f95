"""Networks with each transform and each head: training and .keras files."""

import keras
import numpy as np
import pytest

from stnctl.models.build import with_intermediates
from stnctl.models.keras_file import keras_bytes
from tests.models.small import BOUNDED, FAMILIES, SIGMOID, config, name_of, small_model

pytestmark = pytest.mark.usefixtures("eager")

HEADS = {"residual": {}, "bounded": BOUNDED, "sigmoid": SIGMOID}

CASES = [
    pytest.param(
        head,
        family,
        id=f"{name_of(family)}-{head}",
        marks=[] if head == "residual" or family == {"transform": "affine"} else pytest.mark.slow,
    )
    for family in FAMILIES
    for head in HEADS
]
"""All pairs of family and head; those not marked as slow have each family and each head once."""


@pytest.mark.parametrize(("head", "family"), CASES)
def test_family_trains_and_reloads(head, family, input_map, tmp_path):
    """A step changes theta, and the loaded file has the same outputs."""
    model = small_model(config(**HEADS[head], **family))
    before = with_intermediates(model)(input_map)["spatial_transformer/theta"]
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.1), loss, run_eagerly=True)
    assert np.isfinite(model.train_on_batch(input_map, np.arange(3)))
    outputs = with_intermediates(model)(input_map)
    assert all(np.isfinite(output).all() for output in outputs.values())
    assert np.abs(outputs["spatial_transformer/theta"] - before).max() > 1e-3
    path = tmp_path / "model.keras"
    path.write_bytes(keras_bytes(model))
    found = with_intermediates(keras.models.load_model(path))(input_map)
    for name, output in outputs.items():
        np.testing.assert_array_equal(found[name], output, err_msg=name)
