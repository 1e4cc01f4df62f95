"""Matrices between pixels are compared with scikit-image, which maps output to input."""

import numpy as np
import pytest
from skimage.transform import AffineTransform, ProjectiveTransform
from skimage.transform import warp as skimage_warp

from stnctl import geometry
from stnctl.errors import UsageError
from stnctl.warping.from_parameters import ParameterSpec, matrix_numbers
from stnctl.warping.theta_path import MapSizes

MATRICES = {
    "affine": (0.9, -0.2, 3.0, 0.25, 1.1, -2.0),
    "projective": (0.9, -0.2, 3.0, 0.25, 1.1, -2.0, 0.002, -0.003),
}
SIZE, OUTPUT_SIZE = (17, 23), (13, 29)


def warped(U, path, maps):
    return geometry.warp(
        U[None],
        path.theta[None],
        transform=path.transform,
        output_size=maps.output_size,
        align_corners=maps.align_corners,
    )[0]


@pytest.mark.parametrize("inverse", [False, True])
@pytest.mark.parametrize("align_corners", [False, True])
@pytest.mark.parametrize("name", MATRICES)
def test_theta_path_golden_pixels(name, align_corners, inverse):
    """``inverse``, as M of OpenCV's warpAffine and warpPerspective: from input to output."""
    U = np.random.default_rng(0).random((*SIZE, 3))
    maps = MapSizes(SIZE, OUTPUT_SIZE, align_corners)
    spec = ParameterSpec("--theta", name, MATRICES[name], in_pixels=True, inverse=inverse)
    path = spec.theta_path(maps)
    kind = AffineTransform if name == "affine" else ProjectiveTransform
    entries = [*MATRICES[name], *([0, 0] if name == "affine" else []), 1]
    given = kind(np.reshape(entries, (3, 3)))
    golden = skimage_warp(
        U, given.inverse if inverse else given, output_shape=OUTPUT_SIZE, order=1, mode="constant"
    )
    np.testing.assert_allclose(warped(U, path, maps), golden, atol=1e-9)


OPENCV = (0.28248587, -0.35875706, 45.5621469, 0, -0.2259887, 54.1242938, 0, -0.00564972)
"""M from `getPerspectiveTransform`; its inverse has pixel (0, 0) behind the horizon."""


@pytest.mark.parametrize("align_corners", [False, True])
def test_theta_path_golden_pixels_opencv(align_corners):
    """The horizon may cross V, if the center of V is in front of it."""
    U = np.random.default_rng(0).random((128, 128, 1))
    maps = MapSizes((128, 128), (128, 128), align_corners)
    path = ParameterSpec("--theta", "projective", OPENCV, in_pixels=True, inverse=True).theta_path(
        maps
    )
    given = ProjectiveTransform(matrix=np.reshape([*OPENCV, 1], (3, 3)))
    golden = skimage_warp(U, given.inverse, order=1, mode="constant")
    np.testing.assert_allclose(warped(U, path, maps), golden, atol=1e-9)
    assert (golden > 0).any()


def test_theta_path_of_a_crop():
    """A matrix between pixels that only shifts copies whole pixels."""
    U = np.random.default_rng(0).random((9, 12, 1))
    maps = MapSizes((9, 12), (4, 5))
    path = ParameterSpec("--theta", "affine", (1, 0, 3, 0, 1, 2), in_pixels=True).theta_path(maps)
    np.testing.assert_allclose(warped(U, path, maps), U[2:6, 3:8], atol=1e-12)


@pytest.mark.parametrize("align_corners", [False, True])
def test_theta_path_of_points_in_pixels(align_corners):
    """The same offset at all control points is a shift by pixels."""
    U = np.random.default_rng(0).random((9, 12, 1))
    maps = MapSizes((9, 12), (9, 12), align_corners)
    path = ParameterSpec("--points", "thin_plate_spline", (2, 1) * 9, in_pixels=True).theta_path(
        maps
    )
    np.testing.assert_allclose(warped(U, path, maps)[:-1, :-2], U[1:, 2:], atol=1e-9)


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("translation", (0.1, -0.2)),
        ("rotation", (0.3,)),
        ("rigid", (0.3, 0.1, 0.2)),
        ("similarity", (0.8, 0.3, 0.1, 0.2)),
        ("attention", (0.5, 0.1, 0.2)),
        ("scale_translation", (0.5, 0.8, 0.1, 0.2)),
        ("affine", (0.9, 0.1, 0.2, 0.3, 1.1, 0.0)),
        ("projective", (0.9, 0.1, 0.2, 0.3, 1.1, 0.0, 0.1, 0.2)),
        ("diffeomorphic_affine", (0.1, 0.2, 0.3, 0.1, 0.2, 0.0)),
    ],
)
def test_theta_path_inverse_roundtrip(name, numbers):
    maps = MapSizes((8, 8), (8, 8))
    once = ParameterSpec("--theta", name, numbers, inverse=True).theta_path(maps)
    twice = ParameterSpec("--theta", name, tuple(once.theta), inverse=True).theta_path(maps)
    np.testing.assert_allclose(twice.theta, numbers, atol=1e-12)
    assert not np.allclose(once.theta, numbers)


@pytest.mark.parametrize(
    ("name", "numbers"),
    [("affine", (0.5, 0, 0.2, 0, 0.5, 0)), ("flow", (0.1,) * 12), ("thin_plate_spline", (1,) * 8)],
)
def test_theta_path_at_preset(name, numbers):
    path = ParameterSpec("--theta", name, numbers).theta_path(MapSizes((8, 8), (2, 3)))
    identity = path.transform.identity()
    np.testing.assert_array_equal(path.at(0), identity)
    np.testing.assert_allclose(path.at(0.5), (identity + numbers) / 2, atol=1e-15)
    np.testing.assert_array_equal(path.theta, numbers)


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (
            ("--theta", "rigid", (1.0,)),
            "expected 3 parameters of rigid: angle tx ty; got 1: 1",
            "0 0 0",
        ),
        (
            ("--theta", "rotation", (1.0, 2.0)),
            "expected 1 parameter of rotation: angle; got 2: 1 2",
            "0",
        ),
        (("--theta", "flow", (1.0, 2.0)), "expected 12 parameters of flow; got 2", None),
        (("--points", "thin_plate_spline", (1.0,) * 7), "8, 18, 32, 50, ... numbers, got 7", "--p"),
        (("--points", "thin_plate_spline", (1.0, 2.0)), "numbers, got 2", "2 x 2 points"),
        (("--points", "thin_plate_spline", ()), "numbers, got 0", "2 x 2 points"),
        (("--points", "thin_plate_spline", (0.0,) * 2178), "at most 32 x 32 points", None),
        (("--points", "thin_plate_spline", (0.0,) * 8, False, True), "no inverse", None),
        (("--theta", "affine", (1, 1, 0, 1, 1, 0), False, True), "no inverse", None),
        (("--theta", "affine", (1e-20, 0, 0, 0, 1e-20, 1e20), False, True), "within ±1e.30", None),
        (
            ("--theta", "diffeomorphic_affine", (-500.0,) * 6),
            "norm up to 40.* got 1000",
            "aff",
        ),
        (
            ("--theta", "diffeomorphic_affine", (0, -41, 0, 41, 0, 0)),
            "norm up to 40.* got 41",
            "aff",
        ),
        (("--theta", "projective", (1, 0, 0, 0, 1, 0, -0.4, 0), True), "on or behind", None),
        (("--theta", "projective", (1, 0, 0, 0, 1, 0, -0.5, 0), True), "on or behind", None),
        (("--theta", "affine", (1, 1, 0, 1, 1, 0), True, True), "singular", None),
        (("--points", "thin_plate_spline", (0.0,) * 8, True, True), "no inverse", None),
    ],
)
def test_theta_path_rejects(arguments, message, hint):
    with pytest.raises(UsageError, match=message) as caught:
        ParameterSpec(*arguments).theta_path(
            MapSizes((6, 6), (2, 3)) if len(arguments) < 4 else MAPS
        )
    assert hint is None or hint in caught.value.hint


MAPS = MapSizes((6, 6), (6, 6))
"""Their centers are at 2.5: there 1 - 0.4 · 2.5 is 0, so the center maps to the horizon."""


@pytest.mark.parametrize("name", ["rotation", "flow", "attention"])
def test_parameter_spec_rejects_pixels(name):
    with pytest.raises(UsageError, match=f"--frame pixel: expected affine .*, got {name}"):
        ParameterSpec("--theta", name, (1.0,), in_pixels=True)


@pytest.mark.parametrize(
    ("numbers", "size", "in_pixels", "count"),
    [
        ((0.7, -0.7, 0, 0.7, 0.7, 0), (6, 8), False, 1),
        ((0.7, -0.7, 0, 0.7, 0.7, 0), (6, 6), False, 0),
        ((0.7, -0.7, 0, 0.7, 0.7, 0), (6, 8), True, 0),
        ((1, 0.3, 0, 0, 1, 0), (6, 8), False, 0),
    ],
)
def test_notes_preset(numbers, size, in_pixels, count):
    notes = ParameterSpec("--theta", "affine", numbers, in_pixels).notes(MapSizes(size, size))
    assert len(notes) == count
    assert all("--rotate" in note for note in notes)


def test_notes_without_a_matrix():
    spline = ParameterSpec("--points", "thin_plate_spline", (0.1,) * 8)
    assert spline.notes(MapSizes((6, 8), (6, 8))) == []


@pytest.mark.parametrize(("count", "name"), [(6, "affine"), (8, "projective")])
def test_matrix_numbers_preset(count, name):
    assert matrix_numbers("--theta", "1 " * count) == (name, (1.0,) * count)


@pytest.mark.parametrize(
    ("text", "name", "numbers"),
    [
        ("[[1 0 2] [0 1 3] [0 0 1]]", "affine", (1, 0, 2, 0, 1, 3)),
        ("[[2, 0, 4], [0, 2, 6], [0, 0, 2]]", "affine", (1, 0, 2, 0, 1, 3)),
        ("2 0 4; 0 2 6; 1 0 2", "projective", (1, 0, 2, 0, 1, 3, 0.5, 0)),
        ("((0.7, -0.7, 0), (0.7, 0.7, 0))", "affine", (0.7, -0.7, 0, 0.7, 0.7, 0)),
    ],
)
def test_matrix_numbers_of_a_matrix(text, name, numbers):
    assert matrix_numbers("--theta", text) == (name, numbers)


def test_matrix_numbers_rejects_a_last_number_of_0():
    with pytest.raises(UsageError, match="a 3x3 matrix whose last number is not 0"):
        matrix_numbers("--theta", "1 0 0 0 1 0 0 0 0")


@pytest.mark.parametrize("count", [0, 7, 10, 12])
def test_matrix_numbers_rejects(count):
    with pytest.raises(UsageError, match=rf"6 numbers \(affine: .*8 .* got {count}: '") as caught:
        matrix_numbers("--theta", "1 " * count)
    assert "the identity" in caught.value.hint
