import numpy as np
import pytest

from stnctl import geometry
from stnctl.data.image_files.color_profile import ColorProfile
from stnctl.data.image_files.image_io import CHANNELS, Image
from stnctl.geometry import TRANSFORMS
from stnctl.geometry.levels import to_levels
from stnctl.warping.image_warper import ImageWarper, fit_within
from stnctl.warping.sampling_options import SamplingOptions

AFFINE = TRANSFORMS["affine"]
HALF_OUT = np.array([1.0, 0, 1, 0, 1, 0])


def image(mode="RGB", size=(6, 8)):
    pixels = np.random.default_rng(0).random((*size, CHANNELS[mode]), np.float32)
    return Image(pixels, mode, ())


@pytest.mark.parametrize(
    "sampling",
    [
        SamplingOptions(),
        SamplingOptions("cubic", "border"),
        SamplingOptions("nearest", align_corners=False),
    ],
)
def test_call_equals_geometry_warp(sampling):
    theta = np.array([0.8, -0.3, 0.1, 0.2, 0.9, -0.15])
    U = image()
    V = geometry.warp(
        U.pixels[None],
        theta[None],
        output_size=(5, 4),
        interpolation=sampling.interpolation,
        padding=sampling.padding,
        align_corners=sampling.align_corners,
    )
    np.testing.assert_allclose(ImageWarper(U, AFFINE, sampling)(theta, (5, 4)), V[0], atol=1e-6)


@pytest.mark.parametrize("mode", CHANNELS)
def test_call_fills_outside(mode):
    """The fill is opaque by default."""
    sampling = SamplingOptions(padding="value", fill=(0.4,))
    V = ImageWarper(image(mode), AFFINE, sampling)(HALF_OUT, (6, 8))
    np.testing.assert_allclose(V[:, -1], np.tile(sampling.fill_values(mode), (6, 1)), atol=1e-6)


def test_call_fills_with_half_opaque_colors():
    fill = (1.0, 0.5, 0.25, 0.5)
    V = ImageWarper(image("RGBA"), AFFINE, SamplingOptions(padding="value", fill=fill))(
        HALF_OUT, (6, 8)
    )
    np.testing.assert_allclose(V[:, -1], np.tile(fill, (6, 1)), atol=1e-6)


def test_call_weights_colors_by_opacity():
    """Halfway between opaque red and transparent green is half-transparent red, not brown."""
    U = Image(np.float32([[[1, 0, 0, 1], [0, 1, 0, 0]]]), "RGBA", ())
    V = ImageWarper(U, AFFINE, SamplingOptions())(AFFINE.identity(), (1, 3))
    np.testing.assert_allclose(V[0, 1], [1, 0, 0, 0.5])


def test_call_reports_progress():
    shares = []
    ImageWarper(image(), AFFINE, SamplingOptions())(AFFINE.identity(), (6, 8), shares.append)
    assert shares[-1] == 1


def bytes_of(mode, profile=None):
    shape = (6, 8, CHANNELS[mode])
    levels = np.random.default_rng(0).integers(0, 256, shape, dtype="uint8")
    return Image(levels, mode, (), profile)


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("interpolation", ["bilinear", "cubic"])
def test_levels_are_rounded(mode, interpolation):
    """The bytes of V are those of the rounded floats."""
    sampling = SamplingOptions(interpolation, "value", fill=(0.4,))
    warper = ImageWarper(bytes_of(mode), AFFINE, sampling)
    theta = np.array([0.8, -0.3, 0.1, 0.2, 0.9, -0.15])
    expected = to_levels(warper(theta, (5, 4)))
    np.testing.assert_array_equal(warper.levels(theta, (5, 4)), expected, strict=True)


@pytest.mark.parametrize(
    ("U", "found"),
    [
        (bytes_of("RGB"), True),
        (bytes_of("RGB", ColorProfile(b"", "RGB", "test")), True),
        (bytes_of("L", ColorProfile(b"", "GRAY", "test")), False),
        (bytes_of("RGBA"), False),
        (bytes_of("LA"), False),
        (image("RGB"), False),
        (image("I;16"), False),
    ],
)
def test_levels_need_bytes_without_opacity(U, found):
    V = ImageWarper(U, AFFINE, SamplingOptions()).levels(AFFINE.identity(), (6, 8))
    assert (V is not None) == found


def test_levels_report_progress():
    shares = []
    warper = ImageWarper(bytes_of("L"), AFFINE, SamplingOptions())
    warper.levels(AFFINE.identity(), (6, 8), shares.append)
    assert shares[-1] == 1


@pytest.mark.parametrize("mode", ["L", "RGBA"])
def test_shrunk_averages(mode):
    U = image(mode, (6, 8))
    small = ImageWarper(U, AFFINE, SamplingOptions()).shrunk(4).image.pixels
    assert small.shape == (3, 4, CHANNELS[mode])
    opacity = U.pixels[..., -1:] if mode == "RGBA" else np.ones((6, 8, 1))
    weighted = (U.pixels[..., :1] * opacity).reshape(3, 2, 4, 2).mean((1, 3))
    expected = weighted / opacity.reshape(3, 2, 4, 2).mean((1, 3))
    np.testing.assert_allclose(small[..., 0], expected, atol=1e-6)


def test_shrunk_keeps_ramps():
    """Also if the parts of an axis differ in width."""
    ramp = np.linspace(0, 1, 1000, dtype=np.float32)[None, :, None]
    small = ImageWarper(Image(ramp, "L", ()), AFFINE, SamplingOptions()).shrunk(300).image.pixels
    np.testing.assert_allclose(small[0, :, 0], (np.arange(300) + 0.5) / 300, atol=2e-3)


def test_shrunk_returns_itself_for_small_images():
    warper = ImageWarper(image(), AFFINE, SamplingOptions())
    assert warper.shrunk(8) is warper


@pytest.mark.parametrize(
    ("size", "fitted"),
    [((6, 8), (6, 8)), ((60, 80), (8, 10)), ((3000, 2), (10, 1)), ((1, 1), (1, 1))],
)
def test_fit_within_preset(size, fitted):
    assert fit_within(size, 10) == fitted
