import numpy as np
import pytest

from stnctl.config import distortion_steps
from stnctl.config.choices import SPLITS
from stnctl.config.distortion_sets import SETS
from stnctl.config.load import parse_config
from stnctl.data.chunk import CHUNK
from stnctl.data.dataset import Dataset, Split, draw_subset
from stnctl.data.distortions.distortion_spec import DistortionSpec, distortion_spec
from stnctl.data.split_view import SplitView, make_split_view, network_input
from stnctl.errors import ConfigError, UsageError
from tests.data.distortions.examples import SPECS, noise

ROTATED = SPECS["R"]


def dataset():
    train, validation, test = (noise(size) for size in (30, 20, 10))
    return Dataset(train, validation, test, "noise", "0" * 64, 10)


def inputs(name, number=0, changes=()):
    """Return U of a split under the distortion of a config."""
    config = parse_config("data: {distortion: RTS}", where="c", overrides=changes)
    view = make_split_view(config, dataset(), name)
    return view.examples(number).inputs(np.arange(len(view)))


@pytest.mark.parametrize("pixels", ["unit", "raw"])
def test_inputs_plain(pixels):
    split = noise(300)
    view = SplitView(split, "train", pixels=pixels)
    epoch, indices = view.examples(7), np.array([299, 0, 5, 5])
    np.testing.assert_array_equal(
        epoch.inputs(indices), network_input(split.images[indices], pixels)
    )
    np.testing.assert_array_equal(epoch.labels, split.labels)
    assert epoch.distortions == []
    assert view.input_shape == (28, 28, 1)
    assert len(view) == len(epoch) == 300


@pytest.mark.parametrize("name", ["R", "TC", "addition"])
def test_inputs_raw(name):
    """255 times the "unit" inputs, also if crops were clipped."""
    unit, raw = (
        SplitView(noise(20), "train", SPECS[name], pixels=pixels).examples().inputs(np.arange(20))
        for pixels in ("unit", "raw")
    )
    assert unit.dtype == raw.dtype == np.float32
    assert unit.min() >= 0
    assert 0.9 < unit.max() <= 1 + 1e-6
    np.testing.assert_array_equal(raw, unit * np.float32(255))


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("R", (24, 31, 1)),
        ("RTS", (42, 42, 1)),
        ("P", (24, 31, 1)),
        ("E", (24, 31, 1)),
        ("T", (60, 60, 1)),
        ("TC", (60, 60, 1)),
        ("addition", (42, 42, 2)),
        ("corners first", (40, 50, 1)),
    ],
)
def test_input_shape_is_the_shape_of_inputs(name, shape):
    view = SplitView(noise(20, (24, 31)), "train", SPECS[name])
    assert view.input_shape == shape
    assert view.examples().inputs(np.arange(3)).shape == (3, *shape)


def test_labels_of_addition_are_sums():
    """Sums of the labels of both images: 19 classes, from 0 to 18."""
    split = noise(500)
    view = SplitView(split, "train", SPECS["addition"])
    epoch = view.examples()
    first, second = (split.labels[each.image_indices] for each in epoch.distortions)
    np.testing.assert_array_equal(first, split.labels)
    np.testing.assert_array_equal(epoch.labels, first + second)
    assert epoch.labels.dtype == np.int64
    assert set(epoch.labels) == set(range(19))
    assert view.num_classes(10) == 19


@pytest.mark.parametrize("name", [name for name in SPECS if name != "addition"])
def test_labels_of_other_sets_are_those_of_the_images(name):
    split = noise(30)
    view = SplitView(split, "train", SPECS[name])
    np.testing.assert_array_equal(view.examples().labels, split.labels)
    assert view.num_classes(10) == 10


def test_inputs_distort_all_channels_the_same_way():
    gray = noise(30).images
    images = np.concatenate([gray, gray[::-1], 255 - gray], axis=-1)
    spec = DistortionSpec(
        (distortion_steps.Rotate(), distortion_steps.Place(canvas=(40, 40))), num_images=2
    )
    colors = SplitView(Split(images, np.arange(30)), "train", spec)
    found = colors.examples().inputs(np.arange(30))
    assert found.shape == (30, *colors.input_shape) == (30, 40, 40, 6)
    for channel in range(3):
        one = SplitView(Split(images[..., channel, None], np.arange(30)), "train", spec)
        np.testing.assert_allclose(
            found[..., [channel, channel + 3]],
            one.examples().inputs(np.arange(30)),
            rtol=0,
            atol=1e-6,
        )


@pytest.mark.parametrize("name", ["R", "P", "E", "TC", "addition", "corners first"])
def test_inputs_have_the_same_bytes_in_any_request(name):
    """At any place of an example in a request, with any number of others."""
    view = SplitView(noise(CHUNK + 44), "train", SPECS[name], seed=5)
    order = np.random.default_rng(0).permutation(len(view))
    U = view.examples(1).inputs(order)
    for number in (17, CHUNK):
        alone = view.examples(1).inputs(order[number : number + 1])
        np.testing.assert_array_equal(alone, U[number : number + 1])
    np.testing.assert_array_equal(view.examples(1).inputs(np.sort(order)), U[np.argsort(order)])


def test_inputs_are_rendered_in_calls_of_one_size():
    """So that a backend compiles only once."""
    sizes = []

    def recording(function):
        return lambda *arrays: sizes.append(len(arrays[-1])) or function(*arrays)

    epoch = SplitView(noise(20), "train", ROTATED, compiler=recording).examples()
    epoch.inputs(np.arange(3))
    epoch.inputs(np.arange(CHUNK + 1) % 20)
    assert sizes == [CHUNK] * 3


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 3])
def test_inputs_of_any_number(size):
    """Indices may repeat."""
    epoch = SplitView(noise(40), "train", ROTATED).examples()
    indices = np.arange(size) % 40
    found = epoch.inputs(indices)
    assert found.shape == (size, 28, 28, 1)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, epoch.inputs(np.arange(40))[indices])


def test_inputs_of_an_example_do_not_depend_on_other_images():
    split = noise(20)
    others = Split(np.where(np.arange(20)[:, None, None, None] == 7, split.images, 0), split.labels)
    one, other = (
        SplitView(images, "train", SPECS["RTS"]).examples().inputs(np.arange(20))
        for images in (split, others)
    )
    assert one[7].any()
    np.testing.assert_array_equal(one[7], other[7])
    assert not other[[*range(7), *range(8, 20)]].any()


def test_inputs_have_no_crop_of_the_own_image():
    """Each image has the gray level of one digit in base 8, so that pixels count their crops."""
    size, side = 6, 12
    gray = np.float32(8.0) ** (np.arange(size) - 7)
    images = np.broadcast_to(gray[:, None, None, None], (size, side, side, 1))
    spec = DistortionSpec(
        (distortion_steps.Place(canvas=(30, 30)), distortion_steps.Clutter(count=6, size=4))
    )
    for epoch in range(20):
        view = SplitView(Split(images, np.arange(size)), "train", spec)
        U = view.examples(epoch).inputs(np.arange(size))[..., 0]
        counts = np.rint(U * 8.0**7).astype(int)[..., None] // 8 ** np.arange(size) % 8
        times = counts.sum(axis=(1, 2))  # (example, image)
        assert np.diag(times).tolist() == [side * side] * size
        assert (times.sum(axis=1) == side * side + 6 * 16).all()


def test_make_split_view_draws_training_images_for_each_epoch():
    assert not np.array_equal(inputs("train", 0), inputs("train", 1))
    np.testing.assert_array_equal(inputs("train", 3), inputs("train", 3))


@pytest.mark.parametrize(
    ("name", "seed", "other"),
    [
        ("train", "seed", "data.test_seed"),
        ("validation", "data.test_seed", "seed"),
        ("test", "data.test_seed", "seed"),
    ],
)
def test_make_split_view_uses_its_own_seed(name, seed, other):
    """So that validation and test images are the same in every run and for every model."""
    expected = inputs(name)
    others = [f"{other}=9", "model.classifier.units=16", "train.batch_size=7", "train.epochs=1"]
    np.testing.assert_array_equal(inputs(name, changes=others), expected)
    assert not np.array_equal(inputs(name, changes=[f"{seed}=9"]), expected)


def test_make_split_view_draws_for_each_split():
    """The same images get other distortions as test images than as validation images."""
    data = dataset()
    data = Dataset(data.test, data.test, data.test, "noise", "0" * 64, 10)
    config = parse_config("data: {distortion: R}", where="c")
    views = [make_split_view(config, data, name) for name in ("train", "validation", "test")]
    degrees = [view.examples().distortions[0].values["rotation"] for view in views]
    assert len(np.unique(degrees)) == 30


def test_make_split_view_preset():
    """Distortion, seed and range of pixels of the config are those of the view."""
    data = dataset()
    config = parse_config("data: {distortion: TC, pixels: raw}", where="c")
    view = make_split_view(config, data, "validation")
    assert view.split is data.validation
    assert (view.name, view.spec, view.pixels) == (
        "validation",
        distortion_spec(SETS["TC"]()),
        "raw",
    )
    assert make_split_view(parse_config("", where="c"), data, "test").spec.is_plain


@pytest.mark.parametrize("distortion", ["none", "RTS"])
def test_make_split_view_of_some_training_images(distortion):
    """The other splits do not depend on their number; all of them are as without the key."""
    data = dataset()
    views = {
        size: [
            make_split_view(
                parse_config(
                    "seed: 3", where="c", overrides=[f"data.distortion={distortion}", *changes]
                ),
                data,
                name,
            )
            for name in SPLITS
        ]
        for size, changes in {
            None: [],
            12: ["data.train_size=12"],
            30: ["data.train_size=30"],
        }.items()
    }
    assert [len(view) for view in views[12]] == [12, 20, 10]
    np.testing.assert_array_equal(views[12][0].split.images, draw_subset(data.train, 12, 3).images)
    for plain, few, every in zip(*views.values(), strict=True):
        indices = np.arange(len(every))
        expected = plain.examples(2).inputs(indices)
        np.testing.assert_array_equal(every.examples(2).inputs(indices), expected)
        if few.name != "train":
            np.testing.assert_array_equal(few.examples(2).inputs(indices), expected)


def test_make_split_view_rejects():
    with pytest.raises(UsageError, match="no split 'tset'"):
        make_split_view(parse_config("", where="c"), dataset(), "tset")


@pytest.mark.parametrize(
    ("size", "image_size", "name", "message"),
    [
        (1, (28, 28), "TC", "clutter needs at least 2 images"),
        (9, (5, 28), "TC", r"crops of 6x6 pixels are larger than the images \(5x28\)"),
        (9, (1, 28), "P", "a side of one pixel has no corners"),
    ],
)
def test_examples_rejects(size, image_size, name, message):
    view = SplitView(noise(size, image_size), "train", SPECS[name])
    with pytest.raises(ConfigError, match=message):
        view.examples()


def test_network_input_preset():
    images = np.array([[0, 51, 255]], np.uint8)
    unit, raw = network_input(images, "unit"), network_input(images, "raw")
    np.testing.assert_array_equal(unit, np.array([[0, 0.2, 1]], np.float32))
    np.testing.assert_array_equal(raw, np.array([[0, 51, 255]], np.float32))
    assert unit.dtype == raw.dtype == np.float32


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_network_input_preset_floating(dtype):
    images = np.array([0, 0.25, 1], dtype)
    np.testing.assert_array_equal(network_input(images, "unit"), np.float32([0, 0.25, 1]))
    np.testing.assert_array_equal(network_input(images, "raw"), np.float32([0, 63.75, 255]))


def test_network_input_rejects():
    with pytest.raises(ValueError, match="unit or raw, got 'row'"):
        network_input(np.zeros(1, np.uint8), "row")
    with pytest.raises(ValueError, match="uint8 or floating, got int64"):
        network_input(np.zeros(1, np.int64), "unit")
