import numpy as np
import pytest

from stnctl.config.load import parse_config
from stnctl.data.dataset import Dataset
from stnctl.data.split_view import CHUNK, SplitView, make_split_view
from stnctl.models.job import Job
from tests.data.distortions import reference
from tests.data.distortions.examples import LISTS, SPECS, noise

N = CHUNK + 4
NAMES = ["R", "P", "E", "TC", "addition", "elastic within", "corners first"]

pytestmark = pytest.mark.usefixtures("keras_backend")


@pytest.mark.parametrize("name", NAMES)
def test_inputs_golden_compiled(name):
    """As on the independent path; and with the same bytes in any company."""
    from stnctl.models.compiled import compiled_for_arrays

    view = SplitView(noise(N), "train", SPECS[name], seed=3, compiler=compiled_for_arrays)
    order = np.random.default_rng(0).permutation(N)
    U = view.examples(1).inputs(order)
    expected = reference.inputs(view.examples(1), order[:20])
    tolerance = 1e-4 if name in LISTS else 1e-5
    np.testing.assert_allclose(U[:20], expected, rtol=0, atol=tolerance)
    np.testing.assert_array_equal(view.examples(1).inputs(np.sort(order)), U[np.argsort(order)])
    for number in (0, 17, CHUNK):
        alone = view.examples(1).inputs(order[number : number + 1])
        np.testing.assert_array_equal(alone, U[number : number + 1])


def test_view_compiled_is_the_view_compiled():
    from stnctl.models.compiled import compiled_for_arrays

    train, validation, test = (noise(size) for size in (9, 8, 7))
    data = Dataset(train, validation, test, "noise", "0" * 64, 10)
    config = parse_config("data: {distortion: R, pixels: raw, test_seed: 5}", where="c")
    found = Job(config, data).view("test", compiled=True)
    expected = make_split_view(config, data, "test")
    assert found.split is expected.split
    assert (found.name, found.spec, found.seed) == (expected.name, expected.spec, 5)
    indices = np.arange(7)
    np.testing.assert_allclose(
        found.examples().inputs(indices), expected.examples().inputs(indices), rtol=0, atol=1e-3
    )
    assert found.compiler is compiled_for_arrays
