import numpy as np
import pytest

from stnctl.config.schema import DataConfig
from stnctl.data import sources
from stnctl.data.mnist import SourceUnavailable
from stnctl.data.sources import load_dataset, load_with_fallback
from stnctl.errors import InputError
from tests.data.synthetic import write_npz
from tests.data.test_idx import NAMES, idx


@pytest.fixture
def offline(monkeypatch):
    def fail(**_):
        raise SourceUnavailable("MNIST can't be had.", hint="name a copy")

    monkeypatch.setattr(sources, "load_mnist", fail)


def test_load_dataset_preset_npz(tmp_path, monkeypatch, arrays):
    write_npz(tmp_path / "data.npz", train=20, test=10)
    monkeypatch.chdir(tmp_path)
    dataset = load_dataset("data.npz", validation=0.25)
    assert (dataset.source, dataset.num_classes) == ("data.npz", 10)
    assert [len(dataset.split(name)) for name in ("train", "validation", "test")] == [15, 5, 10]
    np.testing.assert_array_equal(dataset.validation.labels, arrays.y_train[3::4])
    np.testing.assert_array_equal(dataset.test.images[..., 0], arrays.x_test)


def test_load_dataset_identity_of_idx_and_npz(tmp_path, arrays):
    path = write_npz(tmp_path / "data.npz", train=20, test=10)
    for name, array in arrays._asdict().items():
        (tmp_path / NAMES[name]).write_bytes(idx(array))
    from_npz = load_dataset(str(path), validation=0.1)
    from_idx = load_dataset(str(tmp_path), validation="test")
    assert from_npz.sha256 == from_idx.sha256


def test_load_dataset_preset_validation_on_test(tmp_path):
    path = write_npz(tmp_path / "data.npz", train=20, test=10)
    dataset = load_dataset(str(path), validation="test")
    assert dataset.validation is dataset.test
    assert len(dataset.train) == 20


def test_load_dataset_preset_digits():
    dataset = load_dataset("digits", validation=0.1)
    assert (dataset.source, dataset.num_classes) == ("digits", 10)
    assert [len(dataset.split(name)) for name in ("train", "validation", "test")] == [
        1295,
        143,
        359,
    ]
    assert dataset.train.images.shape[1:] == (28, 28, 1)


def test_load_dataset_preset_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    write_npz(tmp_path / "data.npz")
    assert load_dataset("~/data.npz", validation="test").num_classes == 10


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("mnits", "data set mnits does not exist, and it is none of mnist, digits, did you mean m"),
        ("dataa.npz", "data set dataa.npz does not exist.* did you mean data.npz?"),
        ("a\0b", "null byte"),
        ("x" * 5000, "File name too long"),
        ("text", "text is not a readable .npz file"),
        (".", "has no x_train, expected a file named train-images-idx3-ubyte"),
    ],
)
def test_load_dataset_rejects(tmp_path, monkeypatch, source, message):
    write_npz(tmp_path / "data.npz")
    (tmp_path / "text").write_text("text", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=message):
        load_dataset(source, validation=0.1)


def test_load_dataset_rejects_offline(offline):
    with pytest.raises(SourceUnavailable, match="can't be had"):
        load_dataset("mnist", validation=0.1)


def test_load_with_fallback_preset(offline):
    dataset, warning = load_with_fallback(DataConfig(offline="digits", validation="test"))
    assert dataset.source == "digits"
    assert len(dataset.train) == 1438
    assert warning == (
        "MNIST can't be had. Using digits instead: the numbers are not those of MNIST."
    )


def test_load_with_fallback_identity_when_at_hand(tmp_path):
    path = write_npz(tmp_path / "data.npz")
    dataset, warning = load_with_fallback(DataConfig(source=str(path), offline="digits"))
    assert (dataset.source, warning) == (str(path), None)


def test_load_with_fallback_rejects_without_consent(offline):
    with pytest.raises(SourceUnavailable, match="can't be had"):
        load_with_fallback(DataConfig())


def test_load_with_fallback_rejects_wrong_path(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        load_with_fallback(DataConfig(source=str(tmp_path / "no"), offline="digits"))
