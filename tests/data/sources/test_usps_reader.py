import bz2

import numpy as np
import pytest
from sklearn.datasets import dump_svmlight_file

from stnctl.data.sources.usps_reader import read_usps_file
from stnctl.errors import InputError

VALUES = np.random.default_rng(0).uniform(-1, 1, (5, 256)).round(6)
LABELS = np.array([1, 10, 3, 2, 5])


@pytest.fixture
def path(tmp_path):
    """A file that scikit-learn wrote in the format of LIBSVM."""
    plain = tmp_path / "usps"
    dump_svmlight_file(VALUES, LABELS, str(plain), zero_based=False)
    (tmp_path / "usps.bz2").write_bytes(bz2.compress(plain.read_bytes()))
    return tmp_path / "usps.bz2"


def test_read_usps_file(path):
    images, labels = read_usps_file(path)
    assert (images.shape, images.dtype) == ((5, 16, 16), np.uint8)
    np.testing.assert_array_equal(labels, LABELS - 1)
    expected = (VALUES.reshape(5, 16, 16) + 1) * 255 / 2
    np.testing.assert_allclose(images, expected, atol=0.5001)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"text",
        bz2.compress(b"1 1:0.5 2:0.5\n"),
        bz2.compress(b"a 1:2\n"),
        bz2.compress(b"\xff"),
    ],
    ids=["empty", "text", "few values", "no label", "not ASCII"],
)
def test_read_usps_file_rejects(tmp_path, content):
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(InputError, match="is not a readable file of USPS"):
        read_usps_file(tmp_path / "x")
