"""The command and the config that the explorer shows give the same warp."""

import pytest

from tests.browser.transforms_view import assert_same_image

ARTICLE = {"tx": 0.2, "ty": -0.1, "angle": 33, "s": 0.8, "kx": 0.3, "ky": -0.4}
AFFINE = {"a": 0.4, "b": 0.3, "tx": 0.1, "d": -0.7}
PROJECTIVE = {"h11": 0.8, "h13": 0.2, "h31": 0.3, "h32": -0.25}
WARPS = [
    ("coffee", "article", ARTICLE, "bilinear", "zeros", True),
    ("horse", "rigid", {"angle": -70, "tx": 0.3}, "cubic", "border", True),
    ("coffee", "similarity", {"s": 1.7, "angle": 12}, "area", "reflection", False),
    ("square", "affine", AFFINE, "bicubic", "value", True),
    ("coffee", "projective", PROJECTIVE, "quadratic", "zeros", False),
    ("digit:3", "attention", {"s": 0.4, "tx": 0.2}, "nearest", "zeros", False),
    ("checker", "diffeomorphic_affine", {"a": -0.3, "b": 0.8}, "bilinear", "border", True),
    ("horse", "scale_translation", {"sx": 0.5, "ty": 0.4}, "cubic", "value", False),
]


@pytest.mark.parametrize(
    ("image", "family", "numbers", "interpolation", "padding", "corners"), WARPS
)
def test_the_command_gives_the_same_image(
    view, stnctl, image, family, numbers, interpolation, padding, corners
):
    view.click(f'[data-image="{image}"]')
    view.click(f'[data-family="{family}"]')
    for name, value in numbers.items():
        view.choose(f'[data-parameter="{name}"]', value)
    view.choose("#interpolation", interpolation)
    view.choose("#padding", padding)
    if padding == "value":
        view.choose("#fill", 0.37)
    if not corners:
        view.click("#align-corners")
    if family != "rigid":
        view.choose("#output-height", 61)
        view.choose("#output-width", 90)
    assert_same_image(view, stnctl)


def test_the_config_is_valid(view, stnctl):
    for family in ("article", "projective", "thin_plate_spline"):
        view.click(f'[data-family="{family}"]')
        view.choose("#padding", "value")
        view.choose("#output-height", 20)
        (stnctl.folder / "c.yaml").write_text("data: {source: digits}\n" + view.text("#config"))
        done = stnctl("train", "c.yaml", "--dry-run", "-q")
        assert done.returncode == 0, done.stderr
