import numpy as np
import pytest

from stnctl.data.dataset import Arrays, Dataset, Split, content_sha256
from stnctl.data.sources.array_checks import canonical_arrays
from stnctl.errors import UsageError


@pytest.fixture
def dataset(arrays: Arrays) -> Dataset:
    train, test = Split(arrays.x_train, arrays.y_train), Split(arrays.x_test, arrays.y_test)
    return Dataset(train, test, test, "synthetic", "", 10)


@pytest.mark.parametrize("name", ["train", "validation", "test"])
def test_split_preset(dataset, name):
    assert dataset.split(name) is getattr(dataset, name)


def test_split_rejects_unknown_name(dataset):
    with pytest.raises(UsageError, match=r"no split 'tests', .*, did you mean test?"):
        dataset.split("tests")


def test_len_preset(dataset):
    assert (len(dataset.train), len(dataset.test)) == (20, 10)


def test_content_sha256_preset():
    images = np.arange(8, dtype=np.uint8).reshape(2, 2, 2, 1)
    labels = np.array([0, 1])
    found = content_sha256(Arrays(images, labels, images, labels))
    assert found == "54f393a17132bc92d0edf8c3aa2c0cc9d6ba11cda797528221986830834e8ac1"


def test_content_sha256_identity_over_storage(arrays):
    stored = arrays._replace(
        x_train=np.asfortranarray(arrays.x_train.astype(np.int32)),
        y_train=arrays.y_train.astype(">u2"),
    )
    assert content_sha256(canonical_arrays(stored, "a")) == content_sha256(
        canonical_arrays(arrays, "b")
    )


@pytest.mark.parametrize("name", Arrays._fields)
def test_content_sha256_random_change(with_validation, name):
    before = canonical_arrays(with_validation, "data")
    other = getattr(before, name).copy()
    other.flat[-1] += 1
    assert content_sha256(before._replace(**{name: other})) != content_sha256(before)


def test_content_sha256_tells_a_validation_set(arrays, with_validation):
    found = {content_sha256(canonical_arrays(given, "data")) for given in (arrays, with_validation)}
    assert len(found) == 2


def test_named_preset(arrays, with_validation):
    assert list(arrays.named()) == ["x_train", "y_train", "x_test", "y_test"]
    assert list(with_validation.named()) == list(Arrays._fields)


def test_content_sha256_shape(arrays):
    before = canonical_arrays(arrays, "data")
    other = before._replace(x_test=before.x_test.reshape(10, 4, 16, 1))
    assert content_sha256(other) != content_sha256(before)
