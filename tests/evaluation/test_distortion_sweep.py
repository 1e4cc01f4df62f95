from dataclasses import replace

import numpy as np
import pytest

from stnctl.config.distortion_sets import RTS, SETS, TC, Addition, E, NoDistortion, P, R, T
from stnctl.config.distortion_steps import Elastic, Place, Rotate, Scale, Shift
from stnctl.data.batches import BATCH_SIZE
from stnctl.data.chunk import CHUNK
from stnctl.data.dataset import Split
from stnctl.data.distortions.distortion_spec import DistortionSpec, distortion_spec
from stnctl.data.split_view import SplitView
from stnctl.errors import UsageError
from stnctl.evaluation import distortion_sweep
from stnctl.evaluation.batch_prediction import predict
from stnctl.evaluation.distortion_sweep import (
    QUANTITIES,
    error_curve,
    own_sharpness,
    sharpness_curve,
    sweep_step,
    trained_range,
)

SIDE, NUM = 9, 40


class Brightness:
    """Run that predicts the sum of an image's pixels as its class, and records its inputs."""

    def __init__(self):
        self.inputs = []

    def predict(self, examples, *, progress):
        return predict(self.sums, examples, progress=progress)

    def sums(self, U):
        self.inputs.append(U)
        return -np.abs(U.sum(axis=(1, 2)) - np.arange(10))


@pytest.fixture
def view():
    """Return images whose middle row has as many white pixels as the label."""
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
def test_sweep_step_applies_the_value(view, name, value):
    assert drawn(view, name, value)[name].tolist() == [value] * NUM


def test_sweep_step_of_a_shift_has_any_direction(view):
    values = drawn(view, "shift", 3.0)
    np.testing.assert_allclose(np.hypot(values["shift_x"], values["shift_y"]), 3)
    assert values["shift_x"].min() < -1 < 1 < values["shift_x"].max()


@pytest.mark.parametrize(
    ("name", "axis"), [("corner_std", "corner_x"), ("elastic_std", "elastic_y")]
)
def test_sweep_step_of_a_standard_deviation(view, name, axis):
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
def test_sweep_step_rejects(name, value, message):
    with pytest.raises(UsageError, match=message):
        sweep_step(name, value)


def test_error_curve_of_a_shift(view):
    """No error without a shift; if the images leave the canvas, only the class 0 is right."""
    errors = error_curve(Brightness(), view, "shift", (0.0, 40.0))
    assert errors == [0.0, pytest.approx(90.0)]


def test_error_curve_draws_are_the_same_at_each_value(view):
    """The images of a value do not depend on other values, and are the same in each call."""
    single, several = Brightness(), Brightness()
    [error] = error_curve(single, view, "elastic_std", (1.0,))
    assert error_curve(several, view, "elastic_std", (0.0, 1.0, 2.0))[1] == error
    assert len(several.inputs) == 3
    np.testing.assert_array_equal(several.inputs[1], single.inputs[0])
    assert not np.array_equal(several.inputs[2], single.inputs[0])


def test_error_curve_centers_images_on_a_larger_canvas(view):
    wide = SplitView(
        view.split, "test", DistortionSpec(()).on_canvas((15, 17), (SIDE, SIDE)), seed=5
    )
    plain, larger = Brightness(), Brightness()
    error_curve(plain, view, "rotation", (20.0,))
    error_curve(larger, wide, "rotation", (20.0,))
    assert larger.inputs[0].shape == (NUM, 15, 17, 1)
    np.testing.assert_allclose(larger.inputs[0][:, 3:12, 4:13], plain.inputs[0], atol=1e-5)


def test_error_curve_reports_progress(view):
    calls = []
    many = SplitView(
        Split(np.repeat(view.split.images, 10, 0), np.repeat(view.split.labels, 10)), "test"
    )
    error_curve(Brightness(), many, "scale", (1.0, 2.0), progress=lambda *done: calls.append(done))
    assert calls == [(BATCH_SIZE, 800), (400, 800), (400 + BATCH_SIZE, 800), (800, 800)]


def test_error_curve_reports_each_value(view):
    calls = []
    model, values = Brightness(), (0.0, 40.0)
    errors = error_curve(model, view, "shift", values, on_value=lambda *done: calls.append(done))
    assert calls == [(1, errors[0]), (2, errors[1])]


def test_error_curve_rejects_an_impossible_value(view):
    with pytest.raises(UsageError, match=r"^corner_std=4\.5: corners that move by 4\.5 pixels"):
        error_curve(Brightness(), view, "corner_std", (1.0, 4.5))


def test_sharpness_curve_shows_where_nothing_is_interpolated(view):
    """At 0 and 90 degrees, pixel centers are mapped to pixel centers."""
    first, middle, last = sharpness_curve(view, "rotation", (0.0, 30.0, 90.0))
    assert (first, last) == (pytest.approx(1, abs=1e-5), pytest.approx(1, abs=1e-5))
    assert middle < 0.9


def test_own_sharpness_is_that_of_the_distortion_of_the_view(view):
    assert own_sharpness(view) == 1
    rotated = replace(view, spec=distortion_spec((Rotate(degrees=(30, 30)),)))
    assert own_sharpness(rotated) == sharpness_curve(view, "rotation", (30.0,))[0]


def test_own_sharpness_is_measured_on_a_part_of_the_images(view, monkeypatch):
    sizes = []
    monkeypatch.setattr(distortion_sweep, "sharpness", lambda drawn: sizes.append(len(drawn)))
    own_sharpness(replace(view, split=Split(view.split.images.repeat(20, 0), np.zeros(800, int))))
    assert sizes == [CHUNK]


@pytest.mark.parametrize(
    ("distortion", "name", "expected"),
    [
        (RTS(), "rotation", (-45.0, 45.0)),
        (RTS(), "scale", (0.7, 1.2)),
        (P(corner_std=3.0), "corner_std", (3.0, 3.0)),
        (E(elastic_std=2.0), "elastic_std", (2.0, 2.0)),
        (TC(), "rotation", None),
        ((Scale(), Rotate(degrees=(-9, 8)), Elastic(std=3)), "rotation", (-9.0, 8.0)),
        ((Scale(), Rotate(degrees=(-9, 8)), Elastic(std=3)), "elastic_std", (3.0, 3.0)),
        ((Rotate(), Scale(), Rotate()), "rotation", None),
    ],
)
def test_trained_range_of_distortions(distortion, name, expected):
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
        ((Rotate(), Shift(distance=(1, 3))), (28, 28), (1.0, 3.0)),
        ((Shift(), Place(canvas=(60, 60))), (28, 28), None),
    ],
)
def test_trained_range_of_a_shift(distortion, image_size, expected):
    assert trained_range(distortion, "shift", image_size) == expected


@pytest.mark.parametrize("distortion", [T(canvas=(20, 17)), RTS(canvas=(20, 17))])
def test_trained_range_of_a_shift_matches_the_draws(distortion):
    images = np.zeros((2000, SIDE, SIDE, 1), np.uint8)
    view = SplitView(Split(images, np.zeros(2000, np.int64)), "test", distortion_spec(distortion))
    [image] = view.examples().distortions
    farthest = max(np.abs(image.values[axis]).max() for axis in ("shift_x", "shift_y"))
    _, highest = trained_range(distortion, "shift", (SIDE, SIDE)) or (0, 0)
    assert 0.9 * highest < farthest <= highest


def test_quantities_are_fields_of_the_sets():
    fields = {field for section in SETS.values() for field in section.model_fields}
    assert set(QUANTITIES) - fields == {"shift"}
