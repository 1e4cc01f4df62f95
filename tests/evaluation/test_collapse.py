import pytest

from stnctl.evaluation.collapse import find_collapse
from stnctl.evaluation.transformer_statistics import TransformerStatistics

SIDES = (28, 28)


def find(is_trained=True, **changes):
    statistics = {"outside": 0.1, "movement": 1.0, "size_spread": 0.1, "energy": 1.0}
    found = TransformerStatistics(**(statistics | changes))
    return find_collapse("stn", found, SIDES, is_trained=is_trained)


def test_a_transformer_that_works():
    assert find() is None
    assert find(outside=0.9, energy=0.1, movement=0.05) is None
    assert find(energy=None) is None


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"outside": 0.99},
            "V of stn is blank: 99 % of the sampled points are outside of the image; bound theta "
            "with `head: bounded`, or set `train.penalties.inside: 1`",
        ),
        (
            {"energy": 0.0012},
            "V of stn is blank: its variance is 0.12 % of that of the image; bound theta with "
            "`head: bounded`, or lower `train.learning_rate_of.localization`",
        ),
        (
            {"movement": 0.0123},
            "theta of stn does not depend on the image: a sampled point moves by 0.012 pixels from "
            "image to image; set `train.penalties.consistency: {}`, or a lower `activity_l2` of "
            "the localization network",
        ),
    ],
)
def test_a_collapse_names_the_control_to_try(changes, text):
    assert str(find(**changes)) == text


def test_a_frozen_localization_network_may_give_one_theta():
    assert find(movement=0.0, is_trained=False) is None
    assert find(movement=0.0, outside=1.0, is_trained=False) is not None
