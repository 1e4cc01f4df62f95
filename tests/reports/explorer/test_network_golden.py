"""Networks of the explorer's page compared with Keras, all in one process of Node.js."""

import numpy as np
import pytest

from stnctl.reports.explorer.operation_documents import OPERATIONS
from stnctl.reports.explorer.weight_encoding import FLOAT16, FLOAT32, INT8
from tests.reports.explorer.networks import NETWORKS, random_network
from tests.reports.explorer.node import run_node

SCRIPT = """
import { decodeLayers } from "WEB/network/decode.js";
import { OPERATION_NAMES, readResults, runNetwork } from "WEB/network/graph.js";
const results = payload.map(({ network, weights, inputs }) => {
  return weights.map((each) => {
    const layers = decodeLayers(each.layers);
    return inputs.map((pixels) => {
      const U = { shape: network.inputShape, data: Float32Array.from(pixels) };
      const found = readResults(network, U, runNetwork(network, layers, U));
      return { ...found, transformers: found.transformers.map(({ theta, V, grid }) =>
        ({ theta, V: [...V.data], grid: [...grid.data] })) };
    });
  });
});
console.log(JSON.stringify({ results, names: OPERATION_NAMES }));
"""
DTYPES = (FLOAT32, FLOAT16, INT8)
TOLERANCE = 1e-4


@pytest.fixture(scope="module")
def networks():
    return {name: random_network(name) for name in NETWORKS}


@pytest.fixture(scope="module")
def weights(networks):
    return {
        name: {dtype: each.weights(dtype) for dtype in DTYPES} for name, each in networks.items()
    }


@pytest.fixture(scope="module")
def found(networks, weights):
    payload = [
        {
            "network": each.document,
            "weights": list(weights[name].values()),
            "inputs": each.U.reshape(len(each.U), -1).tolist(),
        }
        for name, each in networks.items()
    ]
    return run_node(SCRIPT, payload)


def of(found, name, dtype):
    return found["results"][list(NETWORKS).index(name)][DTYPES.index(dtype)]


def test_operations_of_page_are_those_of_the_export(found):
    assert sorted(found["names"]) == sorted({op for op, _ in OPERATIONS.values()})


def test_networks_have_all_operations(networks):
    used = {node["op"] for each in networks.values() for node in each.document["nodes"]}
    assert used == {op for op, _ in OPERATIONS.values()}


@pytest.mark.parametrize("name", NETWORKS)
def test_logits_theta_and_maps_equal_those_of_keras(networks, found, name):
    network, results = networks[name], of(found, name, FLOAT32)
    expected = network.outputs
    logits = [each["logits"] for each in results]
    np.testing.assert_allclose(logits, expected["logits"], rtol=0, atol=TOLERANCE)
    powers = np.exp(expected["logits"].astype(float))
    probabilities = [each["probabilities"] for each in results]
    np.testing.assert_allclose(
        probabilities, powers / powers.sum(axis=1, keepdims=True), rtol=0, atol=TOLERANCE
    )
    for place, transformer in enumerate(network.document["transformers"]):
        for result in ("theta", "V", "grid"):
            values = [each["transformers"][place][result] for each in results]
            right = expected[f"{transformer['name']}/{result}"].reshape(len(values), -1)
            np.testing.assert_allclose(values, right, rtol=0, atol=TOLERANCE)
            assert not np.array_equal(right[0], right[1])


@pytest.mark.parametrize("dtype", [FLOAT16, INT8])
@pytest.mark.parametrize("name", NETWORKS)
def test_stated_error_is_that_of_the_page(networks, weights, found, name, dtype):
    stated, results = weights[name][dtype]["error"], of(found, name, dtype)
    expected = networks[name].outputs["logits"]
    error = np.abs([each["logits"] for each in results] - expected).max()
    assert error > 0
    assert error == pytest.approx(stated["logits"], abs=TOLERANCE)
    assert weights[name][FLOAT32]["error"]["logits"] < TOLERANCE
    assert stated["changed"] <= len(expected)
