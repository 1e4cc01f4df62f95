from stnctl.config.load import parse_config
from stnctl.models.layer_table import layer_rows
from stnctl.models.network import trace_network

ITERATIVE = """
model:
  transformer: {steps: 2, localization: {filters: [2]}}
  classifier: [{layer: dense, units: 3}]
"""


def test_layer_rows_have_the_parts_and_shared_weights():
    network = trace_network(parse_config(ITERATIVE, where="x").model, (12, 12, 1), 4)
    rows = layer_rows(network)
    assert [(row.name, row.part) for row in rows[:2]] == [
        ("U", "network"),
        ("localization_conv1", "localization"),
    ]
    parts = {row.name: row.part for row in rows}
    assert parts["theta"] == "localization"
    assert parts["spatial_transformer_2"] == parts["classifier_dense1"] == "network"
    convolutions = [row for row in rows if row.name == "localization_conv1"]
    assert [(row.shared, row.num_params) for row in convolutions] == [(False, 20), (True, 0)]
    pools = [row for row in rows if row.name == "localization_pool1"]
    assert [row.shared for row in pools] == [False, False]
    assert sum(row.num_params for row in rows) == network.parameters
    assert rows[-1].key == "model.classifier"
