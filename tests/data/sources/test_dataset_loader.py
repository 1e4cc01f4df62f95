import numpy as np
import pytest

from stnctl.config.data_section import ArrayKeys, DataConfig
from stnctl.data.dataset import Arrays, SourceData
from stnctl.data.sources import dataset_loader
from stnctl.data.sources.dataset_loader import load_dataset, load_with_fallback
from stnctl.data.sources.download import SourceUnavailable
from stnctl.errors import ConfigError, InputError
from tests.data.sources.image_folders import write_folder
from tests.data.sources.test_idx_reader import NAMES, idx
from tests.data.synthetic import synthetic_arrays, write_npz


@pytest.fixture
def offline(monkeypatch):
    def fail(**_):
        raise SourceUnavailable("no copy of MNIST.", hint="name a copy")

    monkeypatch.setattr(dataset_loader, "load_mnist", fail)


def test_load_dataset_preset_npz(tmp_path, monkeypatch, arrays):
    write_npz(tmp_path / "data.npz", train=20, test=10)
    monkeypatch.chdir(tmp_path)
    dataset = load_dataset(DataConfig(source="data.npz", validation=0.25))
    assert (dataset.source, dataset.num_classes) == ("data.npz", 10)
    assert [len(dataset.split(name)) for name in ("train", "validation", "test")] == [15, 5, 10]
    kept, held = dataset.train.images, dataset.validation.images
    together = np.concatenate([kept, held])[..., 0]
    assert {image.tobytes() for image in together} == {image.tobytes() for image in arrays.x_train}
    np.testing.assert_array_equal(dataset.test.images[..., 0], arrays.x_test)


def test_load_dataset_gives_idx_and_npz_the_same_sha256(tmp_path, arrays):
    path = write_npz(tmp_path / "data.npz", train=20, test=10)
    for name, array in arrays.named().items():
        (tmp_path / NAMES[name]).write_bytes(idx(array))
    from_npz = load_dataset(DataConfig(source=str(path)))
    from_idx = load_dataset(DataConfig(source=str(tmp_path), validation="test"))
    assert from_npz.sha256 == from_idx.sha256


def test_load_dataset_preset_validation_on_test(tmp_path):
    path = write_npz(tmp_path / "data.npz", train=20, test=10)
    dataset = load_dataset(DataConfig(source=str(path), validation="test"))
    assert dataset.validation is dataset.test
    assert len(dataset.train) == 20


def test_load_dataset_preset_digits():
    dataset = load_dataset(DataConfig(source="digits"))
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
    assert load_dataset(DataConfig(source="~/data.npz")).num_classes == 10


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "mnits",
            "data set mnits does not exist, expected a path or one of mnist, .*, did you mean",
        ),
        ("dataa.npz", "data set dataa.npz does not exist.* did you mean data.npz?"),
        ("a\0b", "null byte"),
        ("x" * 5000, "File name too long"),
        ("text", "text is not a readable .npz file"),
        (".", "has no x_train, expected a file named like train-images-idx3-ubyte"),
    ],
)
def test_load_dataset_rejects(tmp_path, monkeypatch, source, message):
    write_npz(tmp_path / "data.npz")
    (tmp_path / "text").write_text("text", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=message):
        load_dataset(DataConfig(), source=source)


def test_load_dataset_uses_another_source(tmp_path):
    path = write_npz(tmp_path / "data.npz", train=20, test=10)
    dataset = load_dataset(DataConfig(source="gone.npz", validation="test"), source=str(path))
    assert (dataset.source, len(dataset.train)) == (str(path), 20)


PUBLISHED_KEYS = ArrayKeys(
    x_train="X_train",
    y_train="y_train",
    x_validation="X_valid",
    y_validation="y_valid",
    x_test="X_test",
    y_test="y_test",
)


def published_arrays(arrays):
    """Return ``arrays`` in the layout of published sets: flat, one-hot, floats."""
    names = {name: getattr(PUBLISHED_KEYS, name) for name in arrays.named()}
    return {
        names[name]: (
            np.float32(array.reshape(len(array), -1) / 255)
            if name.startswith("x")
            else np.eye(10, dtype=np.float32)[array]
        )
        for name, array in arrays.named().items()
    }


@pytest.fixture
def cluttered():
    parts = [synthetic_arrays(train=20, test=10, side=40, seed=seed) for seed in (0, 1)]
    validation = {"x_validation": parts[1]["x_test"], "y_validation": parts[1]["y_test"]}
    return Arrays(**parts[0], **validation)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_load_dataset_preset_published_cluttered_set(tmp_path, cluttered, save):
    save(tmp_path / "published.npz", **published_arrays(cluttered), X_theta=np.zeros((20, 6)))
    config = DataConfig(
        source=str(tmp_path / "published.npz"),
        keys=PUBLISHED_KEYS,
        image_shape=(40, 40),
        validation="test",
    )
    found = load_dataset(config)
    assert (found.input_shape, found.num_classes) == ((40, 40, 1), 10)
    for name in ("train", "validation", "test"):
        split = found.split(name)
        images, labels = (getattr(cluttered, f"{letter}_{name}") for letter in "xy")
        assert (split.images.dtype, split.labels.dtype) == (np.float32, np.int64)
        np.testing.assert_allclose(split.images[..., 0], images / 255, atol=1e-7)
        np.testing.assert_array_equal(split.labels, labels)


def test_load_dataset_gives_all_layouts_the_same_sha256(tmp_path, arrays):
    write_npz(tmp_path / "plain.npz", train=20, test=10)
    flat = {f"X_{part}": getattr(arrays, f"x_{part}").reshape(-1, 64) for part in ("train", "test")}
    labels = {f"y_{part}": np.eye(10)[getattr(arrays, f"y_{part}")] for part in ("train", "test")}
    np.savez(tmp_path / "flat.npz", **flat, **labels)
    keys = ArrayKeys(x_train="X_train", x_test="X_test")
    config = DataConfig(source=str(tmp_path / "flat.npz"), keys=keys, image_shape=(8, 8, 1))
    plain = DataConfig(source=str(tmp_path / "plain.npz"))
    assert load_dataset(config).sha256 == load_dataset(plain).sha256


def test_load_dataset_preset_export_of_one_split(tmp_path, arrays):
    thetas = np.zeros((10, 6), np.float32)
    np.savez(tmp_path / "x.npz", images=arrays.x_test, labels=arrays.y_test, thetas=thetas)
    keys = ArrayKeys(x_train="images", y_train="labels", x_test="images", y_test="labels")
    found = load_dataset(DataConfig(source=str(tmp_path / "x.npz"), keys=keys, validation="test"))
    np.testing.assert_array_equal(found.train.images, found.test.images)
    np.testing.assert_array_equal(found.test.images[..., 0], arrays.x_test)


@pytest.mark.parametrize("change", [{}, {"image_shape": (28, 28)}, {"keys": ArrayKeys()}])
def test_load_dataset_rejects_a_published_set_without_keys(tmp_path, cluttered, change):
    np.savez(tmp_path / "published.npz", **published_arrays(cluttered))
    config = DataConfig(source=str(tmp_path / "published.npz"), **{"keys": PUBLISHED_KEYS} | change)
    with pytest.raises(InputError, match=r"published.npz") as caught:
        load_dataset(config)
    named = "data.keys.x_train" if "keys" in change else "data.image_shape: [40, 40]"
    assert named in caught.value.hint


@pytest.mark.parametrize("source", ["mnist", "digits", "."])
@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"keys": ArrayKeys(x_train="X_train")}, "data.keys"),
        ({"image_shape": (40, 40)}, "data.image_shape"),
        ({"keys": PUBLISHED_KEYS, "image_shape": (40, 40)}, "data.keys and data.image_shape"),
    ],
)
def test_load_dataset_rejects_npz_keys_for_another_source(
    offline, tmp_path, monkeypatch, source, given, named
):
    monkeypatch.chdir(tmp_path)
    message = rf"^{named} may only be set for an .npz file, not for {source}$"
    with pytest.raises(ConfigError, match=message):
        load_with_fallback(DataConfig(source=source, offline="digits", **given))


def test_load_dataset_rejects_offline(offline):
    with pytest.raises(SourceUnavailable, match="no copy of MNIST"):
        load_dataset(DataConfig())


def test_load_with_fallback_preset(offline):
    dataset, warning = load_with_fallback(DataConfig(offline="digits", validation="test"))
    assert dataset.source == "digits"
    assert len(dataset.train) == 1438
    assert warning == (
        "no copy of MNIST. Using digits instead: the numbers are not those of MNIST."
    )


def test_load_with_fallback_prefers_the_source(tmp_path):
    path = write_npz(tmp_path / "data.npz")
    dataset, warning = load_with_fallback(DataConfig(source=str(path), offline="digits"))
    assert (dataset.source, warning) == (str(path), None)


def test_load_with_fallback_rejects_without_data_offline(offline):
    with pytest.raises(SourceUnavailable, match="no copy of MNIST"):
        load_with_fallback(DataConfig())


def test_load_with_fallback_rejects_wrong_path(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        load_with_fallback(DataConfig(source=str(tmp_path / "no"), offline="digits"))


def test_load_dataset_rejects_an_address_without_its_password():
    config = DataConfig(source="https://me:secret@host/a.npz?token=secret")
    with pytest.raises(
        InputError, match=r"https://\*\*\*@host/a.npz\?\*\*\* is an address"
    ) as error:
        load_dataset(config)
    assert error.value.hint == "download the file, and name its path"


def test_load_dataset_of_a_folder_of_images(tmp_path, arrays):
    """The arrays of the files are those of an .npz file, so the hash is the same."""
    names = tuple(f"class {label}" for label in range(10))
    folder = write_folder(tmp_path / "images", arrays.named(), names)
    dataset = load_dataset(DataConfig(source=str(folder), validation="test"))
    assert (dataset.class_names, dataset.has_names) == (names, True)
    assert (dataset.input_shape, len(dataset.train), len(dataset.test)) == ((8, 8, 1), 20, 10)
    sorted_arrays = {}
    for split in ("train", "test"):
        images, labels = (getattr(arrays, f"{letter}_{split}") for letter in "xy")
        order = np.argsort(labels, kind="stable")
        sorted_arrays |= {f"x_{split}": images[order], f"y_{split}": labels[order]}
    np.savez(tmp_path / "same.npz", **sorted_arrays)
    same = load_dataset(DataConfig(source=str(tmp_path / "same.npz"), validation="test"))
    assert same.sha256 == dataset.sha256
    assert (same.class_names, same.has_names) == (tuple("0123456789"), False)


def test_load_dataset_chooses_classes_of_a_folder(tmp_path, arrays):
    folder = write_folder(tmp_path, arrays.named())
    config = DataConfig(source=str(folder), classes=("7", "2"), validation="test")
    dataset = load_dataset(config)
    assert (dataset.class_names, dataset.num_classes) == (("7", "2"), 2)
    np.testing.assert_array_equal(dataset.train.labels, [0, 0, 1, 1])


def without_test(tmp_path, arrays):
    path = tmp_path / "single.npz"
    np.savez(path, x_train=arrays.x_train, y_train=arrays.y_train)
    return path


def test_load_dataset_holds_a_test_set_out(tmp_path, arrays):
    """Each image is in one split, and the splits are the same in every run."""
    keys = ArrayKeys(x_test=None, y_test=None)
    source = str(without_test(tmp_path, arrays))
    config = DataConfig(source=source, keys=keys, test=0.2, validation=0.25)
    datasets = [load_dataset(config) for _ in range(2)]
    splits = [datasets[0].split(name).images for name in ("train", "validation", "test")]
    assert [len(images) for images in splits] == [12, 4, 4]
    together = {image.tobytes() for images in splits for image in images}
    assert together == {image.tobytes() for image in arrays.x_train}
    for one, other in zip(splits, ("train", "validation", "test"), strict=True):
        np.testing.assert_array_equal(one, datasets[1].split(other).images)


def test_load_dataset_holds_a_test_set_of_a_folder_out(tmp_path, arrays):
    folder = write_folder(tmp_path, arrays.named(), splits=("train",)) / "train"
    dataset = load_dataset(DataConfig(source=str(folder), test=0.1, validation=0.1))
    assert [len(dataset.split(name)) for name in ("train", "validation", "test")] == [17, 1, 2]


def test_load_dataset_of_idx_files_without_a_test_set(tmp_path, arrays):
    for name in ("x_train", "y_train"):
        (tmp_path / NAMES[name]).write_bytes(idx(getattr(arrays, name)))
    dataset = load_dataset(DataConfig(source=str(tmp_path), test=0.1, validation="test"))
    assert (len(dataset.train), len(dataset.test)) == (18, 2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "data.test: expected the share of the test set: the source has none"),
        ({"test": 0.01}, "20 training examples leave none to test on: data.test is 0.01"),
    ],
)
def test_load_dataset_rejects_no_test_set(tmp_path, arrays, options, message):
    keys = ArrayKeys(x_test=None, y_test=None)
    config = DataConfig(source=str(without_test(tmp_path, arrays)), keys=keys, **options)
    with pytest.raises((ConfigError, InputError), match=message):
        load_dataset(config)


def test_load_dataset_rejects_a_share_of_a_test_set_that_exists(tmp_path):
    path = write_npz(tmp_path / "data.npz")
    with pytest.raises(ConfigError, match=r"data\.test: belongs to a source without test set"):
        load_dataset(DataConfig(source=str(path), test=0.1))


@pytest.mark.parametrize("first", [0, 1, 100])
def test_load_dataset_numbers_the_classes_from_their_first_label(tmp_path, first):
    arrays = synthetic_arrays(train=20, test=10)
    shifted = {name: array + first if name[0] == "y" else array for name, array in arrays.items()}
    np.savez(tmp_path / "a.npz", **shifted)
    config = DataConfig(source=str(tmp_path / "a.npz"), first_label=first, validation="test")
    dataset = load_dataset(config)
    assert (dataset.num_classes, dataset.lowest_label) == (10, 0)
    assert dataset.class_names == tuple(str(first + label) for label in range(10))
    np.testing.assert_array_equal(dataset.train.labels, arrays["y_train"])


def test_load_dataset_rejects_a_label_below_the_first(tmp_path):
    path = write_npz(tmp_path / "a.npz")
    with pytest.raises(InputError, match="labels from 0 to 9, expected 1 to 1000") as caught:
        load_dataset(DataConfig(source=str(path), first_label=1))
    assert "data.first_label" in caught.value.hint


def test_load_dataset_names_classes(tmp_path):
    path = write_npz(tmp_path / "a.npz")
    names = tuple("abcdefghijkl")
    dataset = load_dataset(DataConfig(source=str(path), classes=names))
    assert (dataset.class_names, dataset.num_classes) == (names, 12)
    with pytest.raises(ConfigError, match=r"data\.classes: expected 10 names, .*, got 9"):
        load_dataset(DataConfig(source=str(path), classes=names[:9]))


@pytest.fixture
def letters(tmp_path, arrays):
    """A folder with two sets of EMNIST."""
    for prefix in ("emnist-letters", "emnist-digits"):
        for name, array in arrays.named().items():
            file = NAMES[name].replace("t10k", "test")
            labels = array + (prefix == "emnist-letters") * (name[0] == "y")
            (tmp_path / f"{prefix}-{file}").write_bytes(idx(labels.astype(np.uint8)))
    return tmp_path


def test_load_dataset_of_emnist_files(letters, arrays):
    dataset = load_dataset(DataConfig(source=str(letters / "emnist-letters"), validation="test"))
    assert dataset.class_names[:3] == ("A", "B", "C")
    assert (dataset.num_classes, dataset.first_label) == (26, 1)
    np.testing.assert_array_equal(dataset.train.labels, arrays.y_train)
    np.testing.assert_array_equal(dataset.train.images[0, ..., 0], arrays.x_train[0].T)


def test_load_dataset_rejects_several_sets(letters):
    with pytest.raises(InputError, match="several data sets: emnist-digits, emnist-letters") as e:
        load_dataset(DataConfig(source=str(letters)))
    assert "emnist-digits" in e.value.hint


def test_load_dataset_of_a_published_set(monkeypatch, arrays):
    data = SourceData(arrays, tuple("abcdefghij"))
    monkeypatch.setattr(dataset_loader, "load_published", lambda name, **_: data)
    dataset = load_dataset(DataConfig(source="kmnist"))
    assert (dataset.source, dataset.class_names[:2]) == ("kmnist", ("a", "b"))
    with pytest.raises(ConfigError, match=r"data\.image_shape may only be set for an \.npz file"):
        load_dataset(DataConfig(source="kmnist", image_shape=(8, 8)))
