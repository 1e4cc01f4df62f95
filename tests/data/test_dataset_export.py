import numpy as np
import pytest

from stnctl.config.choices import SPLITS
from stnctl.config.load import parse_config
from stnctl.data.dataset_export import (
    array_keys,
    data_section,
    describe_export,
    exported_arrays,
    exported_transforms,
    transform_name,
)
from stnctl.data.sources.dataset_loader import load_dataset
from stnctl.data.split_view import make_split_view
from stnctl.geometry import make_transform, sample
from stnctl.geometry.grid import regular_grid
from stnctl.geometry.transforms.thin_plate_spline import ThinPlateSpline
from stnctl.storage.npz_writer import write_npz
from tests.data.synthetic import write_npz as write_synthetic

SIDE = 12
SETS = (
    "R",
    "{set: RTS, canvas: [18, 20]}",
    "{set: P, corner_std: 1}",
    "{set: E, control_points: [2, 5]}",
    "{set: T, canvas: [16, 16]}",
    "[{step: corners, std: 1}, {step: elastic, std: 1}, {step: canvas, size: [14, 10]}]",
)

CLUTTERED = "{set: TC, canvas: [24, 24], clutter_size: 4}"
READ_ALL = "{x_validation: x_validation, y_validation: y_validation}"


@pytest.fixture
def loaded(tmp_path):
    """Return a function from a distortion, and other overrides, to a config and its data set."""
    path = write_synthetic(tmp_path / "tiny.npz", train=200, test=20, side=SIDE)

    def load(distortion, *others):
        overrides = [f"data.source={path}", f"data.distortion={distortion}", *others]
        config = parse_config("", where="x", overrides=overrides)
        return config, load_dataset(config.data)

    return load


def epochs_of(config, dataset, splits=SPLITS):
    return {name: make_split_view(config, dataset, name).examples() for name in splits}


def export(path, epochs, **options):
    """Return the arrays of the file, read by NumPy."""
    write_npz(path, exported_arrays(epochs, **options))
    with np.load(path) as archive:
        return dict(archive)


def inputs(epoch):
    return epoch.inputs(np.arange(len(epoch)))


def test_exported_arrays_plain(loaded, tmp_path):
    config, dataset = loaded("none")
    arrays = export(tmp_path / "x.npz", epochs_of(config, dataset))
    assert list(arrays) == [f"{kind}_{name}" for name in SPLITS for kind in "xy"]
    for name in SPLITS:
        split = dataset.split(name)
        np.testing.assert_array_equal(
            arrays[f"x_{name}"], np.float32(split.images) / np.float32(255)
        )
        np.testing.assert_array_equal(arrays[f"y_{name}"], split.labels, strict=True)


@pytest.mark.parametrize("distortion", [*SETS, "addition", CLUTTERED])
@pytest.mark.parametrize("pixels", ["unit", "raw"])
def test_exported_arrays_roundtrip_is_bitwise_equal(loaded, tmp_path, distortion, pixels):
    config, dataset = loaded(distortion)
    epochs = epochs_of(config, dataset)
    raw, _ = loaded(distortion, f"data.pixels={pixels}")
    arrays = export(tmp_path / "x.npz", epochs_of(raw, dataset))
    assert arrays["x_train"].dtype == np.float32
    section = f"data={{source: {tmp_path / 'x.npz'}, keys: {READ_ALL}}}"
    reloaded = load_dataset(parse_config("", where="x", overrides=[section]).data)
    for name, epoch in epochs.items():
        np.testing.assert_array_equal(reloaded.split(name).images, inputs(epoch), strict=True)
        np.testing.assert_array_equal(reloaded.split(name).labels, epoch.labels, strict=True)


def sampled(U, thetas, transforms, canvas):
    """Return V of images U in float64, by transforms in sequence."""
    points = regular_grid(canvas, dtype="float64")
    for theta, transform in zip(thetas, transforms, strict=True):
        points = transform.apply(theta.astype(np.float64), points)
    return sample(U.astype(np.float64), points)


def transforms_in(arrays):
    """Return the transforms, as made from the file alone."""
    names = arrays["transform"].tolist()
    lattices = arrays.get("control_points", np.zeros((len(names), 2), int)).tolist()
    return [
        make_transform(name, control_points=lattice if any(lattice) else None)
        for name, lattice in zip(names, lattices, strict=True)
    ]


@pytest.mark.parametrize("distortion", SETS)
def test_exported_theta_gives_the_image(loaded, tmp_path, distortion):
    config, dataset = loaded(distortion)
    arrays = export(tmp_path / "x.npz", epochs_of(config, dataset, ["test"]))
    transforms = transforms_in(arrays)
    numbers = [f"_{k}" for k in range(1, 1 + len(transforms))] if len(transforms) > 1 else [""]
    thetas = [arrays[f"theta_test{number}"] for number in numbers]
    assert {theta.dtype.name for theta in thetas} == {"float32"}
    V = sampled(dataset.test.images / 255, thetas, transforms, arrays["x_test"].shape[1:3])
    np.testing.assert_allclose(arrays["x_test"], V, atol=2e-5)


def test_exported_thetas_in_sequence_are_in_order(loaded, tmp_path):
    config, dataset = loaded(SETS[-1])
    arrays = export(tmp_path / "x.npz", epochs_of(config, dataset, ["test"]))
    assert list(arrays) == [
        "x_test", "y_test", "theta_test_1", "theta_test_2", "theta_test_3", "transform",
        "control_points",
    ]  # fmt: skip
    assert arrays["transform"].tolist() == ["affine", "thin_plate_spline", "projective"]
    assert arrays["control_points"].tolist() == [[0, 0], [4, 4], [0, 0]]


def test_exported_addition_has_two_thetas(loaded, tmp_path):
    config, dataset = loaded("addition")
    epochs = epochs_of(config, dataset, ["test"])
    arrays = export(tmp_path / "x.npz", epochs)
    assert arrays["theta_test"].shape == (20, 2, 6)
    assert arrays["transform"].tolist() == ["affine"]
    images = dataset.test.images / 255
    for channel, distortion in enumerate(epochs["test"].distortions):
        theta = arrays["theta_test"][:, channel]
        V = sampled(images[distortion.image_indices], [theta], transforms_in(arrays), (42, 42))
        np.testing.assert_allclose(arrays["x_test"][..., channel], V[..., 0], atol=2e-5)


@pytest.mark.parametrize("pixels", ["unit", "raw"])
def test_exported_uint8_is_within_half_a_step(loaded, tmp_path, pixels):
    config, dataset = loaded("R")
    expected = inputs(epochs_of(config, dataset)["test"])
    raw, _ = loaded("R", f"data.pixels={pixels}")
    arrays = export(tmp_path / "x.npz", epochs_of(raw, dataset, ["test"]), dtype="uint8")
    assert arrays["x_test"].dtype == np.uint8
    assert np.abs(arrays["x_test"] / 255 - expected).max() <= 0.5 / 255 + 1e-7


def test_exported_uint8_of_plain_images_is_unchanged(loaded, tmp_path):
    config, dataset = loaded("none")
    arrays = export(tmp_path / "x.npz", epochs_of(config, dataset), dtype="uint8")
    np.testing.assert_array_equal(arrays["x_train"], dataset.train.images, strict=True)


def test_exported_arrays_report_progress(loaded):
    config, dataset = loaded("none")
    calls = []
    epochs = epochs_of(config, dataset)
    for array in exported_arrays(epochs, progress=lambda done, total: calls.append((done, total))):
        list(array.chunks)
    assert calls == [(180, 220), (200, 220), (220, 220)]


def test_exported_transforms_preset(loaded):
    assert exported_transforms(epochs_of(*loaded("none"))) == ()
    [spline] = exported_transforms(epochs_of(*loaded("{set: E, control_points: [2, 5]}")))
    assert isinstance(spline, ThinPlateSpline)
    assert spline.control_points == (2, 5)
    assert transform_name(spline) == "thin_plate_spline"


@pytest.mark.parametrize(
    ("splits", "keys"),
    [
        (SPLITS, {"x_validation": "x_validation", "y_validation": "y_validation"}),
        (["test"], {"x_train": "x_test", "y_train": "y_test"}),
        (["train"], {"x_test": "x_train", "y_test": "y_train"}),
        (
            ["validation"],
            {f"{kind}_{part}": f"{kind}_validation" for part in ("train", "test") for kind in "xy"},
        ),
    ],
)
def test_array_keys_preset(loaded, tmp_path, splits, keys):
    config, dataset = loaded("R")
    assert array_keys(splits) == keys
    epochs = epochs_of(config, dataset, splits)
    export(tmp_path / "x.npz", epochs)
    data = config.data.model_validate({"source": str(tmp_path / "x.npz"), "keys": keys})
    reloaded = load_dataset(data)
    shown = epochs["test" if "test" in splits else splits[0]]
    np.testing.assert_array_equal(reloaded.test.images, inputs(shown))


@pytest.mark.parametrize(("pixels", "expected"), [("unit", {}), ("raw", {"pixels": "raw"})])
def test_data_section_keeps_the_range_of_pixels(loaded, tmp_path, pixels, expected):
    config, _ = loaded("R", f"data.pixels={pixels}")
    path = tmp_path / "x.npz"
    keys = {"x_train": "x_test", "y_train": "y_test"}
    assert data_section(config, path, ["test"]) == {"source": str(path), **expected, "keys": keys}


def test_describe_export_has_the_drawn_ranges(loaded):
    config, dataset = loaded("{set: R, rotation: [10, 20]}", "seed=3", "data.test_seed=4")
    epochs = epochs_of(config, dataset, ["test"])
    document = describe_export(config, dataset, epochs, 1)
    rotation = document.pop("drawn")["test"]["rotation"]
    assert rotation["unit"] == "degrees"
    assert 10 <= rotation["least"] < rotation["mean"] < rotation["largest"] < 20
    assert document == {
        "data": dataset.source,
        "data_sha256": dataset.sha256,
        "distortion": {"set": "R", "rotation": [10.0, 20.0], "canvas": None},
        "seed": 3,
        "test_seed": 4,
        "epoch": 1,
        "transform": ["affine"],
    }
