import numpy as np
import pytest
from scipy.spatial.transform import Rotation as ScipyRotation
from sklearn.decomposition import PCA

from stnctl.config.load import parse_config
from stnctl.data.dataset import Dataset, Split
from stnctl.data.split_view import make_split_view
from stnctl.evaluation.alignment import Alignment, align, drawn_poses, pose_parts

SIDE, NUM = 12, 200


def examples_of(distortion):
    images = np.zeros((NUM, SIDE, SIDE, 1), "uint8")
    split = Split(images, np.arange(NUM) % 10)
    dataset = Dataset(split, split, split, "x", "0" * 64, 10)
    config = parse_config("", where="", overrides=[f"data.distortion={distortion}"])
    return make_split_view(config, dataset, "test").examples()


def turned(degrees):
    """Return rotations (N, 3, 3) by SciPy."""
    return ScipyRotation.from_euler("z", degrees[:, None], degrees=True).as_matrix()


def test_drawn_poses_are_the_drawn_values():
    examples = examples_of("RTS")
    parts = pose_parts(drawn_poses(examples))
    values = examples.distortions[0].values
    np.testing.assert_allclose(parts["rotation"], values["rotation"], atol=1e-9)
    np.testing.assert_allclose(parts["scale"], -np.log2(values["scale"]), atol=1e-9)
    np.testing.assert_allclose(parts["shear"], 0, atol=1e-9)


@pytest.mark.parametrize("distortion", ["none", "P", "E", "addition"])
def test_drawn_poses_of_other_distortions_are_unknown(distortion):
    assert drawn_poses(examples_of(distortion)) is None


def test_align_of_the_inverse_leaves_nothing():
    drawn = np.random.default_rng(0).uniform(-90, 90, NUM)
    [rotation] = align(turned(drawn), turned(25 - drawn))
    assert rotation.part == "rotation"
    assert rotation.spread_before == pytest.approx(drawn.std(), rel=1e-2)
    assert rotation.spread_after == pytest.approx(0, abs=1e-9)
    assert rotation.slope == pytest.approx(1)
    np.testing.assert_allclose(rotation.undone, drawn, atol=1e-9)


def test_align_of_the_identity_undoes_nothing():
    drawn = np.random.default_rng(0).uniform(-90, 90, NUM)
    [rotation] = align(turned(drawn), np.broadcast_to(np.eye(3), (NUM, 3, 3)))
    assert rotation.spread_after == rotation.spread_before
    assert rotation.slope == 0


def test_slope_is_that_of_orthogonal_regression():
    random = np.random.default_rng(0)
    drawn = random.uniform(-60, 60, NUM)
    undone = 0.7 * drawn + random.normal(scale=9, size=NUM)
    part = Alignment("shift_x", drawn, drawn - undone)
    [[x, y]] = PCA(n_components=1).fit(np.column_stack([drawn, part.undone])).components_
    assert part.slope == pytest.approx(y / x)


def test_angles_are_circular():
    part = Alignment("rotation", np.array([170.0, -170.0]), np.array([-179.0, 179.0]))
    assert part.spread_before == pytest.approx(10)
    assert part.spread_after == pytest.approx(1)


def test_slope_of_equal_values_is_undetermined():
    assert Alignment("scale", np.ones(3), np.ones(3)).slope is None


def test_median_of_what_is_left():
    left = np.array([-30.0, -10, 0, 5, 35])
    part = Alignment("shift_x", np.zeros(5), left)
    assert part.median_after == 10


def test_half_turns():
    """Two of eight angles are nearly upside down."""
    left = np.array([0.0, 10, -10, 5, -5, 0, 175, -175])
    part = Alignment("rotation", np.zeros(8), left)
    assert part.half_turns == 0.25
    expected = np.array([0.0, 10, -10, 5, -5, 0, -5, 5]).std()
    assert part.spread_modulo_half_turns == pytest.approx(expected)
    assert part.spread_after > 80
    shift = Alignment("shift_y", np.zeros(8), left)
    assert shift.half_turns is None
    assert shift.spread_modulo_half_turns is None


def test_chosen():
    part = Alignment("scale", np.arange(4.0), np.array([5.0, 5, 5, 9]))
    assert part.chosen(np.array([True, True, True, False])).spread_after == 0
    assert part.chosen(np.array([0, 3])).spread_before == 1.5
