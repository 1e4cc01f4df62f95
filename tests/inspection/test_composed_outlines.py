import numpy as np
import pytest

from stnctl.figures.example_grids import grid_border, grid_outlines
from stnctl.geometry import TRANSFORMS
from stnctl.geometry.composition import compose
from stnctl.geometry.frames import to_pixel_frame
from stnctl.geometry.transforms.affine import Affine
from stnctl.geometry.transforms.attention import Attention
from stnctl.geometry.transforms.rotation import Rotation
from stnctl.inspection.composed_outlines import composed_outlines
from tests.inspection.networks import (
    HALF,
    INNER,
    PAIR,
    QUARTER_TURN,
    ROTATED,
    SEQUENCE,
    SHIFTED,
    STEPS,
    inspected,
    job_of,
    transformer,
)
from tests.tiny import SIDE

pytestmark = pytest.mark.usefixtures("keras_backend")
SIZE = (SIDE, SIDE)


def outlines_of(folder, model, *thetas):
    job = job_of(folder, model)
    return composed_outlines(inspected(job, *thetas).transformers, job.network)


def outline(theta, transform="affine", input_size=SIZE, output_size=SIZE):
    grid = TRANSFORMS[transform].grid(np.array([theta], "float64"), output_size)
    return grid_outlines(grid, input_size, align_corners=True)[0]


def matrix(family, theta):
    return family.matrix(np.array([theta], "float64"))


def composed(*matrices):
    return Affine().from_matrix(compose(*matrices))[0]


def assert_outlines(found, *expected):
    for each, border in zip(found, expected, strict=True):
        np.testing.assert_allclose(each, np.stack([border] * 4), atol=1e-5)


def test_outlines_of_a_sequence_are_those_of_the_composed_matrix(tmp_path):
    both = composed(matrix(Rotation(), QUARTER_TURN), matrix(Attention(), HALF))
    found = outlines_of(tmp_path, SEQUENCE, QUARTER_TURN, HALF)
    assert_outlines(found, outline(QUARTER_TURN, "rotation"), outline(both))


def test_outlines_of_steps_are_those_of_the_composed_changes(tmp_path):
    """Each step samples the original U, so no outline is mapped through another."""
    found = outlines_of(tmp_path, STEPS, ROTATED)
    twice = composed(matrix(Affine(), ROTATED), matrix(Affine(), ROTATED))
    assert_outlines(found, outline(ROTATED), outline(twice))


def test_outlines_of_parallel_transformers_are_independent(tmp_path):
    found = outlines_of(tmp_path, PAIR, ROTATED, SHIFTED)
    assert_outlines(found, outline(ROTATED), outline(SHIFTED))


def test_outline_inside_the_network_is_on_its_own_map(tmp_path):
    found = outlines_of(tmp_path, INNER, ROTATED)
    inner = (SIDE - 2, SIDE - 2)
    assert_outlines(found, outline(ROTATED, input_size=inner, output_size=(5, 6)))


@pytest.mark.parametrize(("first", "second"), [(True, False), (False, True)])
def test_outlines_of_a_sequence_with_a_pool_and_two_frames(first, second, tmp_path):
    """A chain of matrices in the pixel frame gives the same points, for any `align_corners`."""
    sections = [
        transformer("rotation", align_corners=first, output_size=[10, 8], pool=2),
        transformer("attention", align_corners=second, output_size=[7, 6]),
    ]
    _, found = outlines_of(tmp_path, {"transformer": sections}, [0.3], HALF)
    pool = np.array([[2, 0, 0.5], [0, 2, 0.5], [0, 0, 1]])
    [turn], [zoom] = matrix(Rotation(), [0.3]), matrix(Attention(), HALF)
    chain = (
        to_pixel_frame(turn, SIZE, (10, 8), align_corners=first)
        @ pool
        @ to_pixel_frame(zoom, (5, 4), (7, 6), align_corners=second)
    )
    y, x = np.mgrid[:7, :6]
    points = grid_border(np.stack([x, y, np.ones_like(x)], axis=-1)) @ chain.T
    np.testing.assert_allclose(found, np.stack([points[:, :2]] * 4), atol=1e-5)
