import pytest

from stnctl.geometry import TRANSFORMS, find_transform, make_transform
from stnctl.geometry.transforms.affine import Affine
from stnctl.geometry.transforms.constraints import NO_SHEAR
from stnctl.geometry.transforms.flow import Flow
from stnctl.geometry.transforms.thin_plate_spline import ThinPlateSpline


def test_find_transform_preset():
    affine = Affine(NO_SHEAR)
    assert find_transform(affine) is affine
    assert all(find_transform(name) is TRANSFORMS[name] for name in TRANSFORMS)


def test_make_transform_preset():
    assert make_transform("affine", constraints=NO_SHEAR) == Affine(NO_SHEAR)
    spline = make_transform("thin_plate_spline", control_points=(3, 5))
    assert spline == ThinPlateSpline((3, 5))
    assert make_transform("flow", size=(3, 5)) == Flow((3, 5))
    assert make_transform("thin_plate_spline", control_points=(3, 5)) is spline
    assert all(make_transform(name) is TRANSFORMS[name] for name in TRANSFORMS)


def test_make_transform_preset_lists():
    """Lists, as in JSON and YAML, make the same transforms as tuples."""
    rows = [list(row) for row in NO_SHEAR]
    constrained = make_transform("affine", constraints=rows)
    assert constrained is make_transform("affine", constraints=NO_SHEAR)
    spline = make_transform("thin_plate_spline", control_points=[3, 5])
    assert spline is make_transform("thin_plate_spline", control_points=(3, 5))


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("afine", {}, "transform must be one of translation, .*, got 'afine'"),
        ("afine", {"constraints": NO_SHEAR}, "transform must be one of .*, got 'afine'"),
        ("rigid", {"constraints": NO_SHEAR}, r"rigid takes no constraints, got \(\(None, 0.0"),
        ("affine", {"control_points": (4, 4)}, r"affine takes no control_points, got \(4, 4\)"),
        (
            "affine",
            {"constraints": NO_SHEAR, "control_points": (4, 4)},
            "affine takes no control_points",
        ),
        ("affine", {"size": (4, 4)}, r"affine takes no size, got \(4, 4\)"),
        ("affine", {"constraints": [[1, 0]]}, "constraints must be two rows of three"),
        ("thin_plate_spline", {"control_points": [1, 4]}, "two whole numbers of at least 2, got"),
    ],
)
def test_make_transform_rejects(name, options, message):
    with pytest.raises(ValueError, match=message):
        make_transform(name, **options)
