import base64

import numpy as np
import pytest

from stnctl.reports.explorer.weight_encoding import FLOAT16, FLOAT32, INT8, encode_array

RNG = np.random.default_rng(0)
KERNEL = (RNG.standard_normal((3, 3, 4, 5)) * 10.0 ** np.arange(-2, 3)).astype(np.float32)


def test_int8_has_one_scale_for_each_output_channel():
    encoded = encode_array(KERNEL, INT8)
    scale = np.frombuffer(base64.b64decode(encoded.document["scale"]), "<f4")
    np.testing.assert_allclose(scale, np.abs(KERNEL).max(axis=(0, 1, 2)) / 127, rtol=1e-6)
    assert (np.abs(encoded.decoded - KERNEL) <= 0.501 * scale).all()
    assert len(base64.b64decode(encoded.document["data"])) == KERNEL.size


@pytest.mark.parametrize(("dtype", "error"), [(FLOAT32, 0), (FLOAT16, 2.0**-11)])
def test_floats_have_the_error_of_their_precision(dtype, error):
    encoded = encode_array(KERNEL, dtype)
    np.testing.assert_allclose(encoded.decoded, KERNEL, rtol=error, atol=0)
    assert encoded.document["dtype"] == dtype


def test_channel_of_zeros_stays_zero():
    kernel = np.zeros((2, 3), np.float32)
    kernel[:, 1] = 0.5
    for dtype in (INT8, FLOAT16):
        np.testing.assert_array_equal(encode_array(kernel, dtype).decoded, kernel)


@pytest.mark.parametrize("dtype", [FLOAT16, INT8])
def test_vectors_are_exact(dtype):
    vector = RNG.standard_normal(7).astype(np.float32)
    encoded = encode_array(vector, dtype)
    assert encoded.document["dtype"] == FLOAT32
    np.testing.assert_array_equal(encoded.decoded, vector)


def test_values_beyond_the_range_of_float16_stay_finite():
    encoded = encode_array(np.array([[1e6, 1]], np.float32), FLOAT16)
    np.testing.assert_array_equal(encoded.decoded, [[1e6, 1]])
