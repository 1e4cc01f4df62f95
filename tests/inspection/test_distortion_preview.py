import re
from dataclasses import replace

import numpy as np
import pytest

from stnctl.config import distortion_sets as config
from stnctl.config import distortion_steps
from stnctl.config.distortion_sets import SETS
from stnctl.data.chunk import CHUNK
from stnctl.data.distortions.distortion_spec import UNDISTORTED, DistortionSpec, distortion_spec
from stnctl.data.split_view import SplitView
from stnctl.errors import ConfigError
from stnctl.inspection import distortion_preview
from stnctl.inspection.distortion_preview import (
    LostMass,
    check_lost_mass,
    evenly_spread,
    images_per_second,
    measure_lost_mass,
)
from tests.data.distortions.examples import noise

FAR = distortion_steps.Shift(distance=(40, 40))


def view_of(*steps, num_images=1, size=16):
    return SplitView(noise(size), "train", DistortionSpec(steps, num_images))


@pytest.mark.parametrize(
    ("size", "most", "expected"),
    [(5, 3, [0, 2, 4]), (3, 5, [0, 1, 2]), (1, 5, [0]), (1000, 2, [0, 999])],
)
def test_evenly_spread(size, most, expected):
    np.testing.assert_array_equal(evenly_spread(size, most), expected)


def test_evenly_spread_has_no_duplicates():
    for size in range(50, 70):
        assert len(set(evenly_spread(size, 50))) == 50


class FakeTime:
    """Clock that advances by 1 ms at each reading, and by ``compiler`` at each compiled call."""

    def __init__(self):
        self.now = 0.0

    def perf_counter(self):
        self.now += 0.001
        return self.now

    def compiler(self, function):
        def run(*arguments):
            self.now += 0.02
            return function(*arguments)

        return run


def test_images_per_second_includes_rendering(monkeypatch):
    """Each compiled call takes 20 ms, and renders at most `CHUNK` images."""
    clock = FakeTime()
    monkeypatch.setattr(distortion_preview, "time", clock)
    monkeypatch.setattr(distortion_preview, "_MAX_SECONDS", 0.0)
    view = replace(view_of(distortion_steps.Rotate()), compiler=clock.compiler)
    rate = images_per_second(view)
    assert 0 < rate < CHUNK / 0.02
    assert images_per_second(replace(view, spec=UNDISTORTED)) > rate


def test_measure_lost_mass_of_none_and_all():
    """Images on a large canvas lose nothing; images that are shifted off it lose all."""
    assert measure_lost_mass(view_of(distortion_steps.Place()).examples(), 7) == LostMass(
        pytest.approx(0, abs=1e-6), pytest.approx(0, abs=1e-6), 7
    )
    far = view_of(distortion_steps.Shift(distance=(40, 40)), num_images=2)
    assert measure_lost_mass(far.examples()) == LostMass(1.0, 1.0, 2 * 16)


@pytest.mark.parametrize("mean", [0.0, 0.5])
def test_check_lost_mass_accepts(mean):
    check_lost_mass(
        (distortion_steps.Rotate(),), view_of(distortion_steps.Rotate()), LostMass(mean, 1.0, 16)
    )


@pytest.mark.parametrize(
    ("distortion", "hint"),
    [
        (
            (distortion_steps.Rotate(), distortion_steps.Shift(distance=(30, 30))),
            "without `shift` .*: reduce `shift`, or take a larger canvas",
        ),
        (
            (distortion_steps.Scale(factor=(4, 5)), distortion_steps.Shift()),
            "without `scale` .*: reduce `scale`, or take a larger canvas",
        ),
        (
            (
                distortion_steps.Scale(factor=(0.5, 0.5)),
                distortion_steps.Place(canvas=(20, 20)),
                FAR,
            ),
            "without `shift` .*: reduce `shift`",
        ),
        (
            (
                distortion_steps.ResizeCanvas(size=(9, 9)),
                distortion_steps.Rotate(),
                distortion_steps.Clutter(),
            ),
            "without `canvas` .*%: take a larger canvas",
        ),
        (config.P(corner_std=0, scale=(4.0, 5.0)), "without `scale` .*: reduce `scale`"),
        (config.R(canvas=(9, 9)), "without `canvas` .*%: take a larger canvas"),
    ],
)
def test_check_lost_mass_names_the_main_cause(distortion, hint):
    view = SplitView(noise(16), "train", distortion_spec(distortion))
    lost = measure_lost_mass(view.examples())
    message = r"on average \d+(\.\d+)?% of a digit's mass leaves the canvas of {}x{};"
    height, width, _ = view.input_shape
    with pytest.raises(ConfigError, match=message.format(height, width)) as caught:
        check_lost_mass(distortion, view, lost)
    assert re.search(hint, caught.value.hint)


@pytest.mark.parametrize(
    ("mean", "share"), [(0.6, "60%"), (0.505, "50.5%"), (0.503, "50.3%"), (0.50004, "50.004%")]
)
def test_check_lost_mass_shows_enough_digits(mean, share):
    with pytest.raises(ConfigError, match=f"on average {share} .*; expected at most 50%"):
        check_lost_mass(
            (distortion_steps.Rotate(),),
            view_of(distortion_steps.Rotate()),
            LostMass(mean, 1.0, 16),
        )


@pytest.mark.parametrize("name", SETS)
def test_set_keys_are_fields_of_the_sets(name):
    steps = distortion_spec(SETS[name]()).steps
    keys = {step.set_key for step in steps if not isinstance(step, distortion_steps.Clutter)}
    assert keys <= set(SETS[name].model_fields)
