import numpy as np
import pytest

from stnctl.config import parse_config
from stnctl.config.distortion import RTS, TC, Addition, Nothing, P, R, Resize, Rotate, T
from stnctl.data.dataset import Dataset, Split
from stnctl.data.views import make_view
from stnctl.errors import UsageError
from stnctl.evaluation.robustness import distorted, fitted, spelled

SIDE, NUM = 12, 20


@pytest.fixture(scope="module")
def dataset():
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (NUM, SIDE, SIDE, 1), "uint8")
    split = Split(images, np.arange(NUM) % 10)
    return Dataset(split, split, split, "x", "0" * 64, 10)


def view_of(dataset, distortion):
    """Return the test split as a run that was trained on ``distortion`` sees it."""
    overrides = [f"data.distortion={distortion}", "data.test_seed=3"]
    return make_view(parse_config("", where="", overrides=overrides), dataset, "test")


ON_20 = "{set: T, canvas: [20, 20]}"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Nothing(), (Resize(size=(20, 20)),)),
        (R(), R(canvas=(20, 20))),
        (RTS(rotation=(0.0, 9.0)), RTS(rotation=(0.0, 9.0), canvas=(20, 20))),
        (TC(canvas=(20, 20)), TC(canvas=(20, 20))),
        ((), (Resize(size=(20, 20)),)),
        ((Rotate(),), (Rotate(), Resize(size=(20, 20)))),
        ((Resize(size=(20, 20)), Rotate()), (Resize(size=(20, 20)), Rotate())),
    ],
)
def test_fitted_takes_the_size_of_the_network(dataset, asked, expected):
    view = view_of(dataset, ON_20)
    assert fitted(asked, view) == expected
    assert distorted(view, fitted(asked, view)).input_shape == view.input_shape


@pytest.mark.parametrize("asked", [Nothing(), P(), T(canvas=(SIDE, SIDE)), (Rotate(),)])
def test_fitted_leaves_what_fits(dataset, asked):
    assert fitted(asked, view_of(dataset, "none")) is asked


@pytest.mark.parametrize(("asked", "size"), [(RTS(canvas=(42, 42)), "42x42"), (R(canvas=None), "")])
def test_fitted_rejects_a_given_canvas_of_another_size(dataset, asked, size):
    with pytest.raises(UsageError, match=f"a canvas of {size}.* but the network .* 20x20"):
        fitted(asked, view_of(dataset, ON_20))


@pytest.mark.parametrize("asked", ["P", "{set: RTS, canvas: [20, 20]}", "[rotate, {step: canvas}]"])
def test_distorted_is_what_a_run_on_that_distortion_sees(dataset, asked):
    """The same bytes: a network can be measured on the very test set of another."""
    theirs = view_of(dataset, asked)
    ours = view_of(dataset, f"{{set: T, canvas: {list(theirs.input_shape[:2])}}}")
    distortion = parse_config("", where="", overrides=[f"data.distortion={asked}"])
    found = distorted(ours, fitted(distortion.data.distortion, ours)).epoch()
    indices = np.arange(NUM)
    np.testing.assert_array_equal(found.inputs(indices), theirs.epoch().inputs(indices))
    np.testing.assert_array_equal(found.labels, theirs.epoch().labels)


def test_distorted_of_nothing_is_in_the_center(dataset):
    view = view_of(dataset, ON_20)
    U = distorted(view, fitted(Nothing(), view)).epoch().inputs(np.arange(NUM))
    images = view.split.images / np.float32(255)
    np.testing.assert_allclose(U[:, 4:16, 4:16], images, atol=1e-5)
    assert U.sum() == pytest.approx(U[:, 4:16, 4:16].sum())


def test_distorted_does_it_to_each_image_of_an_addition(dataset):
    view = view_of(dataset, "{set: addition, canvas: [20, 20]}")
    epoch = distorted(view, fitted(Nothing(), view)).epoch()
    indices = np.arange(NUM)
    other = epoch.images[1].source
    images = view.split.images[..., 0] / np.float32(255)
    U = epoch.inputs(indices)
    assert U.shape == (NUM, 20, 20, 2)
    np.testing.assert_allclose(U[:, 4:16, 4:16, 0], images, atol=1e-5)
    np.testing.assert_allclose(U[:, 4:16, 4:16, 1], images[other], atol=1e-5)
    np.testing.assert_array_equal(epoch.labels, indices % 10 + other % 10)


def test_distorted_rejects_an_addition_for_a_network_of_single_images(dataset):
    view = view_of(dataset, ON_20)
    with pytest.raises(UsageError, match="made of 2 images, but the network takes single ones"):
        distorted(view, fitted(Addition(), view))


@pytest.mark.parametrize(
    ("distortion", "plain"),
    [
        (T(canvas=(20, 20)), {"set": "T", "canvas": [20, 20]}),
        ((Rotate(degrees=(1.0, 2.0)),), [{"step": "rotate", "degrees": [1.0, 2.0]}]),
    ],
)
def test_spelled_preset(distortion, plain):
    assert spelled(distortion) == plain
