import pytest

from stnctl.config.load import parse_config
from stnctl.errors import UsageError
from stnctl.models.network import trace_network
from stnctl.models.network_figure import network_boxes, network_png

STEPS = """
model:
  transformer: {steps: 2, localization: [{layer: dense, units: 3}]}
  classifier:
    - {layer: conv, filters: 4, batch_norm: true}
    - {layer: residual, layers: [{layer: conv, filters: 4, padding: same, activation: linear}]}
    - dropout
"""


def test_network_boxes_fold_and_branch():
    network = trace_network(parse_config(STEPS, where="x").model, (9, 8, 1), 5)
    boxes = network_boxes(network)
    found = [(box.label, box.inputs) for box in boxes]
    assert found == [
        ("U", ()),
        ("flatten", (0,)),
        ("dense", (1,)),
        ("theta", (2,)),
        ("spatial_transformer", (0, 3)),
        ("flatten", (4,)),
        ("dense (shared)", (5,)),
        ("theta (shared)", (6,)),
        ("theta_composed", (3, 7)),
        ("spatial_transformer_2", (0, 8)),
        ("conv, norm, relu", (9,)),
        ("conv", (10,)),
        ("sum, dropout", (10, 11)),
        ("flatten", (12,)),
        ("logits", (13,)),
    ]
    assert boxes[10].shape == (7, 6, 4)
    assert (boxes[2].part, boxes[4].part) == ("localization", "network")


def test_network_png_of_too_many_layers():
    pools = ", ".join(["{layer: pool, size: 1}"] * 62)
    layers = ", ".join([f"{{layer: residual, layers: [{pools}]}}"] * 8)
    model = parse_config(f"model: {{classifier: [{layers}]}}", where="x").model
    network = trace_network(model, (9, 9, 1), 5)
    with pytest.raises(UsageError, match="too large for a figure: 507 boxes in 507 rows"):
        network_png("x", network)
