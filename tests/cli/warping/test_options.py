from stnctl.cli.warping import options
from stnctl.geometry import INTERPOLATIONS, PADDINGS, TRANSFORMS


def test_names_are_those_of_the_geometry():
    assert tuple(TRANSFORMS) == options.TRANSFORM_NAMES
    assert tuple(INTERPOLATIONS) == options.INTERPOLATION_NAMES
    assert tuple(PADDINGS) == options.PADDING_NAMES
