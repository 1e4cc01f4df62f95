import numpy as np
import pytest

from stnctl.config.choices import PUBLISHED_SETS
from stnctl.data.dataset import Arrays
from stnctl.data.sources.emnist import EMNIST_SETS, as_emnist


def test_emnist_sets_are_those_that_a_config_can_name():
    named = {name.replace("_", "-") for name in PUBLISHED_SETS if name.startswith("emnist")}
    assert named == EMNIST_SETS.keys()


@pytest.mark.parametrize(
    ("name", "count", "first"),
    [
        ("emnist-balanced", 47, 0),
        ("emnist-byclass", 62, 0),
        ("emnist-bymerge", 47, 0),
        ("emnist-digits", 10, 0),
        ("emnist-letters", 26, 1),
        ("emnist-mnist", 10, 0),
    ],
)
def test_as_emnist(name, count, first):
    """The numbers of classes are those of Table II of Cohen et al. (2017)."""
    images, labels = np.arange(24, dtype=np.uint8).reshape(2, 3, 4), np.array([1, 2])
    data = as_emnist(Arrays(images, labels, images, labels), name)
    assert (len(data.class_names), data.first_label) == (count, first)
    assert len(set(data.class_names)) == count
    np.testing.assert_array_equal(data.arrays.x_train[1], images[1].T)
    np.testing.assert_array_equal(data.arrays.y_test, labels)


def test_letters_begin_with_a():
    images, labels = np.zeros((1, 2, 2), np.uint8), np.array([1])
    assert as_emnist(Arrays(images, labels), "emnist-letters").class_names[0] == "A"
