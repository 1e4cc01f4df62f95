import numpy as np
import pytest

from stnctl.config.distortion_sets import RTS, SETS, TC, Addition, NoDistortion, P, R, T
from stnctl.config.distortion_steps import Rotate, Shift
from stnctl.data.dataset import Split
from stnctl.data.distortions.distortion_spec import DistortionSpec, distortion_spec
from stnctl.data.split_view import SplitView
from stnctl.errors import UsageError
from stnctl.evaluation.distortion_sweep import QUANTITIES, error_curve, sweep_step, trained_range
from stnctl.evaluation.predict import BATCH_SIZE

SIDE, NUM = 9, 40


class Brightness:
    """A model that takes an image for the class that its pixels add up to; notes what it saw."""

    def __init__(self):
        self.seen = []

    def predict_on_batch(self, U):
        self.seen.append(U)
        return -np.abs(U.sum(axis=(1, 2)) - np.arange(10))


@pytest.fixture
def view():
    """Images with as many white pixels in their middle row as their label says."""
    labels = np.arange(NUM) % 10
    images = np.zeros((NUM, SIDE, SIDE, 1), np.uint8)
    images[:, SIDE // 2, :, 0] = 255 * (np.arange(SIDE) < labels[:, None])
    return SplitView(Split(images, labels), "test", seed=5)


def drawn(view, name, value):
    [image] = (
        SplitView(view.split, "test", DistortionSpec((sweep_step(name, value),)), 5)
        .examples()
        .distortions
    )
    return image.values


@pytest.mark.parametrize(("name", "value"), [("rotation", -45.0), ("scale", 1.5)])
def test_step_of_does_exactly_that(view, name, value):
    assert drawn(view, name, value)[name].tolist() == [value] * NUM


def test_step_of_shift_goes_as_far_in_any_direction(view):
    values = drawn(view, "shift", 3.0)
    np.testing.assert_allclose(np.hypot(values["shift_x"], values["shift_y"]), 3)
    assert values["shift_x"].min() < -1 < 1 < values["shift_x"].max()


@pytest.mark.parametrize(
    ("name", "axis"), [("corner_std", "corner_x"), ("elastic_std", "elastic_y")]
)
def test_step_of_standard_deviations(view, name, axis):
    assert drawn(view, name, 0.5)[axis].std() == pytest.approx(0.5, rel=0.2)
    assert not drawn(view, name, 0.0)[axis].any()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("rotation", 361.0, "rotation: expected at most 360, got 361"),
        ("scale", 0.0, "scale: expected at least 0.05, got 0"),
        ("shift", -1.0, "shift: expected at least 0, got -1"),
        ("corner_std", 513.0, "corner_std: expected at most 512, got 513"),
        ("elastic_std", -0.5, "elastic_std: expected at least 0, got -0.5"),
        ("rotation", float("inf"), "rotation: expected a number, got inf"),
    ],
)
def test_step_of_rejects(name, value, message):
    with pytest.raises(UsageError, match=message):
        sweep_step(name, value)


def test_error_curve_preset(view):
    """Nothing is wrong where nothing is done, and all is that moves out of view, but zeros."""
    errors = error_curve(Brightness(), view, "shift", (0.0, 40.0))
    assert errors == [0.0, pytest.approx(90.0)]


def test_error_curve_shows_each_value_alone(view):
    """What a model sees at a value does not depend on the others, and is the same each time."""
    alone, among = Brightness(), Brightness()
    [error] = error_curve(alone, view, "elastic_std", (1.0,))
    assert error_curve(among, view, "elastic_std", (0.0, 1.0, 2.0))[1] == error
    assert len(among.seen) == 3
    np.testing.assert_array_equal(among.seen[1], alone.seen[0])
    assert not np.array_equal(among.seen[2], alone.seen[0])


def test_error_curve_on_a_larger_canvas_shows_the_same_in_its_center(view):
    wide = SplitView(
        view.split, "test", DistortionSpec(()).on_canvas((15, 17), (SIDE, SIDE)), seed=5
    )
    plain, larger = Brightness(), Brightness()
    error_curve(plain, view, "rotation", (20.0,))
    error_curve(larger, wide, "rotation", (20.0,))
    assert larger.seen[0].shape == (NUM, 15, 17, 1)
    np.testing.assert_allclose(larger.seen[0][:, 3:12, 4:13], plain.seen[0], atol=1e-5)


def test_error_curve_tells_progress(view):
    told = []
    many = SplitView(
        Split(np.repeat(view.split.images, 10, 0), np.repeat(view.split.labels, 10)), "test"
    )
    error_curve(Brightness(), many, "scale", (1.0, 2.0), progress=lambda *done: told.append(done))
    assert told == [(BATCH_SIZE, 800), (400, 800), (400 + BATCH_SIZE, 800), (800, 800)]


def test_error_curve_tells_each_value(view):
    told = []
    model, values = Brightness(), (0.0, 40.0)
    errors = error_curve(model, view, "shift", values, on_value=lambda *done: told.append(done))
    assert told == [(1, errors[0]), (2, errors[1])]


def test_error_curve_rejects_a_value_that_such_images_do_not_allow(view):
    with pytest.raises(UsageError, match=r"^corner_std=4\.5: corners that move by 4\.5 pixels"):
        error_curve(Brightness(), view, "corner_std", (1.0, 4.5))


@pytest.mark.parametrize(
    ("distortion", "name", "expected"),
    [
        (RTS(), "rotation", (-45.0, 45.0)),
        (RTS(), "scale", (0.7, 1.2)),
        (P(corner_std=3.0), "corner_std", (3.0, 3.0)),
        (TC(), "rotation", None),
        ((Rotate(),), "rotation", None),
    ],
)
def test_trained_range_preset(distortion, name, expected):
    assert trained_range(distortion, name, (28, 28)) == expected


@pytest.mark.parametrize(
    ("distortion", "image_size", "expected"),
    [
        (T(), (28, 28), (0.0, 16.0)),
        (TC(canvas=(60, 50)), (20, 28), (0.0, 20.0)),
        (RTS(), (28, 28), (0.0, pytest.approx(11.2))),
        (Addition(scale=(1.0, 1.0)), (28, 28), (0.0, 7.0)),
        (T(canvas=(28, 28)), (28, 28), (0.0, 0.0)),
        (RTS(canvas=(10, 10)), (28, 28), (0.0, 0.0)),
        (R(canvas=(60, 60)), (28, 28), None),
        (NoDistortion(), (28, 28), None),
        ((Shift(),), (28, 28), None),
    ],
)
def test_trained_range_of_a_shift(distortion, image_size, expected):
    assert trained_range(distortion, "shift", image_size) == expected


@pytest.mark.parametrize("distortion", [T(canvas=(20, 17)), RTS(canvas=(20, 17))])
def test_trained_range_of_a_shift_is_what_is_drawn(distortion):
    images = np.zeros((2000, SIDE, SIDE, 1), np.uint8)
    view = SplitView(Split(images, np.zeros(2000, np.int64)), "test", distortion_spec(distortion))
    [image] = view.examples().distortions
    farthest = max(np.abs(image.values[axis]).max() for axis in ("shift_x", "shift_y"))
    _, highest = trained_range(distortion, "shift", (SIDE, SIDE)) or (0, 0)
    assert 0.9 * highest < farthest <= highest


def test_quantities_are_called_as_in_the_sets():
    fields = {field for section in SETS.values() for field in section.model_fields}
    assert set(QUANTITIES) - fields == {"shift"}
