import numpy as np
import pytest

from stnctl.config.layer_lists import TransformerConfig
from stnctl.errors import ConfigError
from stnctl.geometry import TRANSFORMS, make_transform
from stnctl.models.theta import configured_transform, theta_bounds
from tests.models.small import FAMILIES, name_of

PATH = ("model", "transformer")
KEY = "model.transformer.bounds"


def bounded(bounds, **family):
    return TransformerConfig(head="bounded", bounds=bounds, **family)


@pytest.mark.parametrize("family", FAMILIES, ids=name_of)
def test_configured_transform_has_the_options(family):
    options = {name: value for name, value in family.items() if name != "transform"}
    expected = make_transform(family["transform"], **options)
    assert configured_transform(TransformerConfig(**family)) == expected


@pytest.mark.parametrize("family", FAMILIES, ids=name_of)
def test_theta_bounds_default_to_the_family(family):
    transform = configured_transform(TransformerConfig(**family))
    bounds = theta_bounds(bounded(None, **family), PATH)
    assert bounds.shape == (transform.num_params, 2)
    np.testing.assert_array_equal(bounds, transform.bounds)
    assert (bounds[:, 0] < transform.identity()).all()
    assert (transform.identity() < bounds[:, 1]).all()


def test_theta_bounds_of_the_config():
    own = ((0.5, 1.5), (-0.1, 0.2), (-0.3, 0.3))
    np.testing.assert_array_equal(theta_bounds(bounded(own, transform="attention"), PATH), own)


@pytest.mark.parametrize(
    ("family", "count", "message"),
    [
        ({"transform": "rigid"}, 2, "expected 3 pairs, for angle, tx, ty of rigid, got 2"),
        ({"transform": "rotation"}, 0, "expected 1 pairs, for angle of rotation, got 0"),
        (
            {"transform": "thin_plate_spline"},
            31,
            "expected 32 pairs, for dx0, dy0, ..., dy15 of thin_plate_spline, got 31",
        ),
        (
            {"constraints": ((None, 0.0, None), (0.0, None, None))},
            6,
            "expected 4 pairs, for a, tx, d, ty of affine, got 6",
        ),
    ],
)
def test_theta_bounds_rejects_a_wrong_number_of_pairs(family, count, message):
    with pytest.raises(ConfigError) as caught:
        theta_bounds(bounded(((-1.0, 2.0),) * count, **family), PATH)
    assert str(caught.value) == f"{KEY}: {message}"
    assert caught.value.hint == "leave bounds null for the bounds of the family"


@pytest.mark.parametrize("pair", [(1.0, 2.0), (0.0, 1.0), (2.0, 0.0), (-2.0, 0.5)])
def test_theta_bounds_rejects_bounds_without_the_identity(pair):
    """At a bound, the head would have no gradient."""
    low, high = pair
    bounds = ((-1.0, 1.0), (-1.0, 1.0), (-1.0, 1.0), (-1.0, 1.0), pair, (-1.0, 1.0))
    bounds = ((-1.0, 1.5), *bounds[1:])
    with pytest.raises(ConfigError) as caught:
        theta_bounds(bounded(bounds), PATH)
    assert str(caught.value) == (
        f"{KEY}[4]: expected [low, high] with 1 between, the value of d at the identity, "
        f"got [{low:g}, {high:g}]"
    )


def test_families_are_all_but_flow():
    assert set(TRANSFORMS) - {family["transform"] for family in FAMILIES} == {"flow"}
