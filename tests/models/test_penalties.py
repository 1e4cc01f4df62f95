"""Values of the penalties, from matrices and pixels in NumPy."""

import keras
import numpy as np
import pytest

from stnctl.config.penalties_section import Penalties
from stnctl.geometry.registries import TRANSFORMS
from stnctl.models.penalties import PenaltyLayer, PenaltyPlan, difference_in_class, penalty_plan
from stnctl.models.sampling_operation import Sampling
from tests.tiny import make_job

pytestmark = pytest.mark.usefixtures("keras_backend")

SIDES = (12, 16)
AFFINE = TRANSFORMS["affine"]
RANDOM = np.random.default_rng(0)
LATTICE = np.stack(np.meshgrid(*[np.linspace(-1, 1, 5)] * 2), axis=-1).reshape(-1, 2)


def matrices(count=3, seed=0):
    """Return affine maps near the identity, (count, 3, 3)."""
    random = np.random.default_rng(seed)
    found = np.tile(np.eye(3), (count, 1, 1))
    found[:, :2] += random.uniform(-0.4, 0.4, (count, 2, 3))
    return found


def thetas_of(maps):
    return maps[:, :2].reshape(-1, 6).astype("float32")


def moved(maps):
    """Return the points of the lattice after each map, (count, 25, 2)."""
    return LATTICE @ np.swapaxes(maps[:, :2, :2], 1, 2) + maps[:, None, :2, 2]


def penalty(penalties, maps, *, V=None, labels=None, change=None, changed=None, drawn=None, **keys):
    """Return the penalty of a layer for affine maps."""
    options = {"constraints": None, "control_points": None, "output_size": None, "padding": "zeros"}
    options |= {"interpolation": "bilinear", "fill_value": 0.0, "align_corners": True} | keys
    sampling = Sampling(transform="affine", **options)
    given = {"change0": change, "changed_theta": changed, "drawn0": drawn}
    further = {name: thetas_of(each) for name, each in given.items() if each is not None}
    plan = PenaltyPlan(
        Penalties.model_validate(penalties),
        (AFFINE,) * (change is not None),
        (AFFINE,) * (drawn is not None),
        num_classes=4,
        white=255.0,
    )
    layer = PenaltyLayer(plan, sampling, SIDES)
    logits = RANDOM.random((len(maps), 4), "float32")
    V = np.zeros((len(maps), 2, 2, 1), "float32") if V is None else V
    if labels is not None:
        further["labels"] = labels
    arguments = keras.tree.map_structure(
        keras.ops.convert_to_tensor, (logits, thetas_of(maps), V, further)
    )
    found = layer(*arguments)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(found), logits)
    [loss] = layer.losses
    return float(loss)


def test_identity():
    maps = matrices()
    expected = ((moved(maps) - LATTICE) ** 2).sum(axis=-1).mean()
    assert penalty({"identity": 2.0}, maps) == pytest.approx(2 * expected, rel=1e-5)
    assert penalty({"identity": 2.0}, np.eye(3)[None]) == 0


def test_inside():
    maps = matrices()
    maps[0, 0, 2] = 0.7
    outside = np.maximum(np.abs(moved(maps)) - 1, 0)
    expected = (outside**2).sum(axis=-1).mean()
    assert penalty({"inside": 3.0}, maps) == pytest.approx(3 * expected, rel=1e-5)
    assert penalty({"inside": 3.0}, 0.5 * maps[:1] + np.diag([0, 0, 0.5])) == 0


def test_consistency():
    """The images of a change G are U(G x), so theta follows if G ∘ T' is T."""
    maps, change, changed = (matrices(seed=k) for k in range(3))
    expected = ((moved(maps) - moved(change @ changed)) ** 2).sum(axis=-1).mean()
    section = {"consistency": {"weight": 0.5}}
    found = penalty(section, maps, change=change, changed=changed)
    assert found == pytest.approx(0.5 * expected, rel=1e-5)
    following = np.linalg.inv(change) @ maps
    assert penalty(section, maps, change=change, changed=following) == pytest.approx(0, abs=1e-10)


def test_consistency_of_rotations_is_the_cosine():
    """On rotations, the mean over the lattice is proportional to 1 - cos of the difference."""
    angles = np.radians([0, 30, 90, 180])
    maps = np.tile(np.eye(3), (4, 1, 1))
    maps[:, 0, 0] = maps[:, 1, 1] = np.cos(angles)
    maps[:, 1, 0], maps[:, 0, 1] = np.sin(angles), -np.sin(angles)
    still = np.tile(np.eye(3), (4, 1, 1))
    for each, angle in zip(maps, angles, strict=True):
        found = penalty({"consistency": {}}, each[None], change=still[:1], changed=still[:1])
        assert found == pytest.approx(2 * (1 - np.cos(angle)), abs=1e-6)


def test_supervised():
    """The transformer undoes a distortion D if D ∘ T is the identity."""
    maps, drawn = matrices(), matrices(seed=1)
    expected = ((moved(drawn @ maps) - LATTICE) ** 2).sum(axis=-1).mean()
    assert penalty({"supervised": 1.0}, maps, drawn=drawn) == pytest.approx(expected, rel=1e-5)
    undone = penalty({"supervised": 1.0}, np.linalg.inv(drawn), drawn=drawn)
    assert undone == pytest.approx(0, abs=1e-10)


def test_frame_of_the_edges():
    """The drawn maps are in the frame of the pixel centers, those of theta in that of the edges."""
    drawn = matrices(1)
    to_edges = np.diag([15 / 16, 11 / 12, 1.0])
    maps = to_edges @ np.linalg.inv(drawn) @ np.linalg.inv(to_edges)
    keys = {"drawn": drawn, "align_corners": False}
    assert penalty({"supervised": 1.0}, maps, **keys) == pytest.approx(0, abs=1e-10)
    assert penalty({"supervised": 1.0}, np.linalg.inv(drawn), **keys) > 1e-4


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_congeal(dtype):
    labels = np.array([0, 3, 3, 0, 2])
    V = RANDOM.integers(0, 256, (5, 3, 4, 1))
    expected = [
        ((V[labels == label] - V[labels == label].mean(axis=0)) ** 2 / 255**2)
        for label in (0, 3, 2)
    ]
    found = penalty(
        {"congeal": 4.0},
        np.tile(np.eye(3), (5, 1, 1)),
        V=keras.ops.cast(V.astype("float32"), dtype),
        labels=labels,
    )
    mean = np.concatenate(expected).mean()
    assert found == pytest.approx(4 * mean, rel=1e-5 if dtype == "float32" else 0.02)


def test_difference_in_class_of_equal_images():
    V = np.ones((4, 2, 2, 1), "float32")
    found = difference_in_class(V, np.array([1, 1, 0, 1]), 3)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(found), 0, atol=1e-12)


def test_penalties_add_up():
    maps = matrices()
    each = [penalty({name: 2.0}, maps) for name in ("identity", "inside")]
    assert penalty({"identity": 2.0, "inside": 2.0}, maps) == pytest.approx(sum(each), rel=1e-5)


def test_penalty_plan(tmp_path):
    assert penalty_plan(make_job(tmp_path)) is None
    keys = ("train.penalties={supervised: 1, consistency: {}}", "data.distortion=E")
    plan = penalty_plan(make_job(tmp_path, *keys, "data.pixels=raw"))
    assert [type(each).__name__ for each in plan.change + plan.drawn] == [
        "Affine",
        "ThinPlateSpline",
    ]
    assert plan.white == 255
    shapes = {name: each.shape for name, each in plan.further_inputs((12, 12, 1)).items()}
    assert shapes == {
        "labels": (None,),
        "changed": (None, 12, 12, 1),
        "change0": (None, 6),
        "drawn0": (None, 32),
    }
