import numpy as np
import pytest

from stnctl.config.distortion_sets import SETS
from stnctl.config.distortion_steps import STEPS
from stnctl.data.distortions.counter_rng import CounterRNG
from stnctl.data.distortions.distortion_spec import DistortionSpec, distortion_spec
from stnctl.data.distortions.drawing import draw_distortions


@pytest.mark.parametrize("name", STEPS)
def test_units_are_those_of_the_drawn_values(name):
    spec = DistortionSpec((STEPS[name](),))
    (image,) = draw_distortions(spec, CounterRNG(0, "train"), 3, (28, 28))
    assert list(image.values) == list(STEPS[name].units)
    assert all(np.isfinite(values).all() for values in image.values.values())
    assert set(STEPS[name].units.values()) <= {"degrees", "factor", "pixels"}


@pytest.mark.parametrize("name", SETS)
def test_set_keys_are_those_of_the_sets(name):
    for step in distortion_spec(SETS[name]()).steps:
        assert step.set_key is None or step.set_key in SETS[name].model_fields


def test_facts_are_not_keys_of_a_step():
    for section in STEPS.values():
        assert not {"units", "set_key"} & section.model_fields.keys()
