import numpy as np
import pytest

from stnctl.data.dataset import content_sha256
from stnctl.data.sources.array_checks import canonical_arrays
from stnctl.data.sources.digits import read_digits, stored_digits


def test_stored_digits_golden():
    datasets = pytest.importorskip("sklearn.datasets")
    expected = datasets.load_digits()
    images, labels = stored_digits()
    np.testing.assert_array_equal(images, expected.images)
    np.testing.assert_array_equal(labels, expected.target)


def test_read_digits_preset():
    digits = canonical_arrays(read_digits(), "digits")
    assert content_sha256(digits) == (
        "c672d2a39b2b1056f5c8b150316866d4bf79fb5370258efca483c4c50f8780c2"
    )


def test_read_digits_uses_every_fifth_to_test():
    labels = stored_digits()[1]
    digits = read_digits()
    np.testing.assert_array_equal(digits.y_test, labels[4::5])
    assert (len(digits.y_train), len(digits.x_train), len(digits.x_test)) == (1438, 1438, 359)


def test_read_digits_has_the_frame_of_mnist():
    images = read_digits().x_train
    inner = images[:, 4:-4, 4:-4]
    assert images.shape[1:] == (28, 28)
    assert images.sum() == inner.sum()
    assert (inner.min(), inner.max()) == (0, 255)


def test_read_digits_keeps_the_image():
    stored, enlarged = stored_digits()[0][0], read_digits().x_train[0, 4:-4, 4:-4]
    centers = enlarged[2::5, 2::5] / 255 * 16  # 5 i + 2 is at 2 i + 0.5 of the 8x8
    between = (stored[::2, ::2] + stored[1::2, ::2] + stored[::2, 1::2] + stored[1::2, 1::2]) / 4
    np.testing.assert_allclose(centers, between, atol=16 / 255)
