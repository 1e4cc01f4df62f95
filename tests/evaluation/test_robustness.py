import numpy as np
import pytest

from stnctl.config.distortion_sets import RTS, TC, Addition, NoDistortion, P, R, T
from stnctl.config.distortion_steps import Clutter, ResizeCanvas, Rotate
from stnctl.config.load import parse_config
from stnctl.data.dataset import Dataset, Split
from stnctl.data.split_view import make_split_view
from stnctl.errors import UsageError
from stnctl.evaluation.robustness import (
    distortion_as_data,
    draw_examples,
    fit_to_view,
    natural_canvas,
    room_to_move,
    with_distortion,
)

SIDE, NUM = 12, 20


@pytest.fixture(scope="module")
def dataset():
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (NUM, SIDE, SIDE, 1), "uint8")
    split = Split(images, np.arange(NUM) % 10)
    return Dataset(split, split, split, "x", "0" * 64, 10)


def view_of(dataset, distortion):
    """Return the test split of a run that was trained on ``distortion``."""
    overrides = [f"data.distortion={distortion}", "data.test_seed=3"]
    return make_split_view(parse_config("", where="", overrides=overrides), dataset, "test")


def distortion_of(text):
    return parse_config("", where="", overrides=[f"data.distortion={text}"]).data.distortion


ON_20 = "{set: T, canvas: [20, 20]}"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (NoDistortion(), (ResizeCanvas(size=(20, 20)),)),
        (R(), R(canvas=(20, 20))),
        (RTS(rotation=(0.0, 9.0)), RTS(rotation=(0.0, 9.0), canvas=(20, 20))),
        (TC(canvas=(20, 20)), TC(canvas=(20, 20))),
        ((), (ResizeCanvas(size=(20, 20)),)),
        ((Rotate(),), (Rotate(), ResizeCanvas(size=(20, 20)))),
        ((ResizeCanvas(size=(20, 20)), Rotate()), (ResizeCanvas(size=(20, 20)), Rotate())),
        ((Rotate(), Clutter()), (Rotate(), ResizeCanvas(size=(20, 20)), Clutter())),
    ],
)
def test_fit_to_view_has_the_size_of_the_view(dataset, asked, expected):
    view = view_of(dataset, ON_20)
    assert fit_to_view(asked, view) == expected
    assert with_distortion(view, fit_to_view(asked, view)).input_shape == view.input_shape


@pytest.mark.parametrize("asked", [NoDistortion(), P(), T(canvas=(SIDE, SIDE)), (Rotate(),)])
def test_fit_to_view_keeps_a_distortion_that_fits(dataset, asked):
    assert fit_to_view(asked, view_of(dataset, "none")) is asked


@pytest.mark.parametrize(("asked", "size"), [(RTS(canvas=(42, 42)), "42x42"), (R(canvas=None), "")])
def test_fit_to_view_rejects_an_explicit_canvas_of_another_size(dataset, asked, size):
    with pytest.raises(UsageError, match=f"a canvas of {size}.* but the network .* 20x20"):
        fit_to_view(asked, view_of(dataset, ON_20))


@pytest.mark.parametrize("name", ["T", "TC", "{set: RTS, scale: [1, 1.2]}"])
@pytest.mark.parametrize("canvas", ["none", "{set: T, canvas: [9, 12]}"])
def test_fit_to_view_rejects_random_places_without_room(dataset, name, canvas):
    """On a canvas of the images' size, T would leave them unchanged."""
    view, asked = view_of(dataset, canvas), distortion_of(name)
    height, width, _ = view.input_shape
    message = f"puts images of 12x12 pixels at random places, .* canvas of {height}x{width} has no"
    with pytest.raises(UsageError, match=message) as caught:
        fit_to_view(asked, view)
    advice = distortion_of(caught.value.hint.split("'")[1])
    U = with_distortion(view, fit_to_view(advice, view)).examples().inputs(np.arange(NUM))
    assert not np.allclose(U[0], U[10])  # two images of one class, at other places


@pytest.mark.parametrize(
    ("asked", "size"),
    [(R(), (12, 12)), (TC(), (60, 60)), ((ResizeCanvas(size=(9, 8)), Clutter()), (9, 8))],
)
def test_natural_canvas(dataset, asked, size):
    assert natural_canvas(asked, view_of(dataset, ON_20)) == size


@pytest.mark.parametrize(
    ("asked", "room"),
    [(T(), 14), (RTS(scale=(0.5, 1.0)), 14), (TC(), 14), (Addition(scale=(2.0, 3.0)), -4)],
)
def test_room_to_move_is_the_larger_margin_at_the_smallest_scale(asked, room):
    scale = getattr(asked, "scale", (1.0,))[0]
    canvas = (int(scale * 12) + room, int(scale * 10) + room - 3)
    assert room_to_move(asked, canvas, (12, 10)) == room


@pytest.mark.parametrize("asked", [R(), P(), NoDistortion()])
def test_room_to_move_without_random_places(asked):
    assert room_to_move(asked, (60, 60), (12, 12)) is None


@pytest.mark.parametrize("asked", ["P", "{set: RTS, canvas: [20, 20]}", "[rotate, {step: canvas}]"])
def test_with_distortion_equals_a_run_under_that_distortion(dataset, asked):
    """The bytes are the same, so that networks can be compared on one test set."""
    trained = view_of(dataset, asked)
    other = view_of(dataset, f"{{set: T, canvas: {list(trained.input_shape[:2])}}}")
    found = with_distortion(other, fit_to_view(distortion_of(asked), other)).examples()
    indices = np.arange(NUM)
    np.testing.assert_array_equal(found.inputs(indices), trained.examples().inputs(indices))
    np.testing.assert_array_equal(found.labels, trained.examples().labels)


def test_with_distortion_centers_plain_images(dataset):
    view = view_of(dataset, ON_20)
    U = with_distortion(view, fit_to_view(NoDistortion(), view)).examples().inputs(np.arange(NUM))
    images = view.split.images / np.float32(255)
    np.testing.assert_allclose(U[:, 4:16, 4:16], images, atol=1e-5)
    assert U.sum() == pytest.approx(U[:, 4:16, 4:16].sum())


def test_with_distortion_places_images_on_the_network_canvas(dataset):
    """The images are complete, and at different places."""
    view = view_of(dataset, ON_20)
    examples = with_distortion(view, fit_to_view(T(), view)).examples()
    U, places = examples.inputs(np.arange(NUM))[..., 0], set()
    for V, image in zip(U, view.split.images[..., 0] / np.float32(255), strict=True):
        y, x = np.argwhere(V > 1e-4).min(axis=0)
        places.add((y, x))
        np.testing.assert_allclose(V[y : y + SIDE, x : x + SIDE], image, atol=1e-4)
        assert V.sum() == pytest.approx(image.sum(), abs=1e-2)
    assert len(places) > NUM / 2


def test_with_distortion_has_clutter_on_the_whole_canvas(dataset):
    """The image is complete and in the center, and crops reach the edges of the canvas."""
    view = view_of(dataset, ON_20)
    steps = distortion_of("[{step: rotate, degrees: [0, 0]}, {step: clutter, size: 4}]")
    U = with_distortion(view, fit_to_view(steps, view)).examples().inputs(np.arange(NUM))
    images = view.split.images / np.float32(255)
    assert (U[:, 4:16, 4:16] >= images - 1e-5).all()
    rim = U.copy()
    rim[:, 4:16, 4:16] = 0
    assert (rim.sum(axis=(1, 2, 3)) > 1).mean() > 0.9
    assert min(edge.max() for edge in (U[:, 0], U[:, -1], U[:, :, 0], U[:, :, -1])) > 0


def test_with_distortion_distorts_each_image_of_an_addition(dataset):
    view = view_of(dataset, "{set: addition, canvas: [20, 20]}")
    epoch = with_distortion(view, fit_to_view(NoDistortion(), view)).examples()
    indices = np.arange(NUM)
    other = epoch.distortions[1].image_indices
    images = view.split.images[..., 0] / np.float32(255)
    U = epoch.inputs(indices)
    assert U.shape == (NUM, 20, 20, 2)
    np.testing.assert_allclose(U[:, 4:16, 4:16, 0], images, atol=1e-5)
    np.testing.assert_allclose(U[:, 4:16, 4:16, 1], images[other], atol=1e-5)
    np.testing.assert_array_equal(epoch.labels, indices % 10 + other % 10)


def test_with_distortion_rejects_an_addition_for_single_images(dataset):
    view = view_of(dataset, ON_20)
    with pytest.raises(UsageError, match="made of 2 images, but the network takes single ones"):
        with_distortion(view, fit_to_view(Addition(), view))


def test_draw_examples_rejects_an_impossible_distortion(dataset):
    view = view_of(dataset, "{set: TC, canvas: [20, 20], clutter_size: 13}")
    with pytest.raises(UsageError, match=r"^--distortion TC: crops of 13x13 .* images \(12x12\)"):
        draw_examples(view, "--distortion TC")


@pytest.mark.parametrize(
    ("distortion", "plain"),
    [
        (T(canvas=(20, 20)), {"set": "T", "canvas": [20, 20]}),
        ((Rotate(degrees=(1.0, 2.0)),), [{"step": "rotate", "degrees": [1.0, 2.0]}]),
    ],
)
def test_distortion_as_data(distortion, plain):
    assert distortion_as_data(distortion) == plain
