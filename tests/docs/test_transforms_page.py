"""Tests of docs/transforms.md: every family is in it, and its formulas are those of the code."""

import math
import re
import shlex

import numpy as np
import pytest
from PIL import Image

from stnctl.config.load import parse_config
from stnctl.geometry import INTERPOLATIONS, PADDINGS, TRANSFORMS
from stnctl.geometry.grid import regular_grid
from stnctl.geometry.transforms.translation import Translation
from tests.docs.test_cli_page import ROOT, load

DOCS = ROOT / "docs"
TEXT = (DOCS / "transforms.md").read_text(encoding="utf-8")
NAMES = list(TRANSFORMS)
LARGEST_FIGURE = 60_000


@pytest.fixture
def generator(monkeypatch):
    monkeypatch.syspath_prepend(DOCS)
    return load(DOCS / "transforms_page.py")


def section(title):
    _, heading, rest = TEXT.partition(f"\n## {title}\n")
    assert heading, title
    return rest.partition("\n## ")[0]


def blocks(language, text=TEXT):
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def evaluate(lines, values):
    """Return the values of lines ``name = expression``, with the given ones."""
    known = {"cos": np.cos, "sin": np.sin, **values}
    for line in lines:
        name, expression = line.split(" = ")
        known[name] = eval(expression.replace("·", "*"), {}, dict(known))
    return known


def random_theta(name):
    """Return a theta within the bounds of a family."""
    low, high = np.transpose(TRANSFORMS[name].bounds)
    share = np.random.default_rng(len(name)).uniform(0.55, 0.9, len(low))
    return low + share * (high - low)


def test_page_is_current(generator):
    assert generator.page() == TEXT, "run `make docs`"


def test_section_without_details(generator, monkeypatch):
    """A docstring of one line still gives a section, with an example of the generator's own."""

    class Plain(Translation):
        """A plain family."""

    monkeypatch.setattr(generator, "TRANSFORMS", {"plain": Plain()})
    text = generator.section("plain")
    assert text.startswith("\n## plain\n\nA plain family.\n\n| parameter |")
    command = "stnctl warp checker --transform plain --theta 0.333 0.333 --figure plain.png"
    assert blocks("sh", text) == [f"{command}\n"]
    assert "Inverse" not in text
    assert generator.overview("plain") == ("[`plain`](#plain)", "2", "yes", "A plain family.")


def test_page_has_a_section_for_each_family_in_order():
    titles = re.findall(r"^## (.*)$", TEXT, re.MULTILINE)
    assert titles[: len(NAMES)] == NAMES
    assert titles[len(NAMES) :] == [
        "Bounds",
        "Constraints",
        "Composition",
        "Interpolations",
        "Paddings",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_page_describes_family(name):
    text, transform = section(name), TRANSFORMS[name]
    assert f"](#{name})" in TEXT
    assert blocks("text", text)
    assert "When to use it." in text
    for parameter in transform.parameters if transform.num_params <= 8 else ("dx0", "dy0"):
        assert f"| `{parameter}` |" in text


@pytest.mark.parametrize("name", NAMES)
def test_page_shows_a_figure_and_its_command(name):
    """The command has the family and as many numbers as the family has parameters."""
    text = section(name)
    [command] = blocks("sh", text)
    words = shlex.split(command)
    assert words[:2] == ["stnctl", "warp"]
    assert words[-2:] == ["--figure", f"{name}.png"]
    numbers = words[words.index("--points" if "--points" in words else "--theta") + 1 : -2]
    if name == "flow":
        assert "49*49" in numbers[0]
        assert words[words.index("--output-size") + 1 :][:2] == ["49", "49"]
    elif name == "thin_plate_spline":
        assert math.isqrt(len(numbers) // 2) ** 2 * 2 == len(numbers)
    else:
        found = [word for word in numbers if re.fullmatch(r"-?[0-9.]+", word)]
        assert len(found) - 2 * ("--output-size" in words) == TRANSFORMS[name].num_params
    if "--transform" in words:
        assert words[words.index("--transform") + 1] == name


def test_page_figures_exist_and_are_small():
    paths = re.findall(r"!\[.*?\]\((.*?)\)", TEXT)
    assert len(paths) == len(NAMES) + 2
    for path in paths:
        assert (DOCS / path).stat().st_size < LARGEST_FIGURE, path
        with Image.open(DOCS / path) as figure:
            assert figure.format == "PNG"
    drawn = {path.name for path in (DOCS / "images" / "transforms").iterdir()}
    assert drawn == {path.rpartition("/")[2] for path in paths}


@pytest.mark.parametrize(
    "name",
    [name for name in NAMES if name not in ("thin_plate_spline", "diffeomorphic_affine", "flow")],
)
def test_page_formula_is_the_grid(name):
    theta, lattice = random_theta(name), regular_grid((4, 5), dtype="float64")
    x, y = lattice[..., 0], lattice[..., 1]
    values = dict(zip(TRANSFORMS[name].parameters, theta, strict=True)) | {"x_t": x, "y_t": y}
    found = evaluate(blocks("text", section(name))[0].splitlines(), values)
    expected = TRANSFORMS[name].grid(theta[None], (4, 5))[0]
    np.testing.assert_allclose(
        np.stack([found["x_s"], found["y_s"]], axis=-1), expected, atol=1e-12
    )


@pytest.mark.parametrize(
    "name", [name for name in NAMES if len(blocks("text", section(name))) == 2]
)
def test_page_inverse_is_the_inverse(name):
    theta, names = random_theta(name), TRANSFORMS[name].parameters
    lines = blocks("text", section(name))[1].replace("' =", "_inverse =").splitlines()
    found = evaluate(lines, dict(zip(names, theta, strict=True)))
    inverse = [found[f"{parameter}_inverse"] for parameter in names]
    np.testing.assert_allclose(inverse, TRANSFORMS[name].inverse(theta[None])[0], atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_page_inverse_exists(name):
    [has_inverse] = re.findall(
        rf"^\| \[`{name}`\]\(#{name}\) \| .*? \| (yes|no) \|", TEXT, re.MULTILINE
    )
    assert (has_inverse == "yes") == TRANSFORMS[name].invertible
    assert ("Inverse: no" in section(name)) != TRANSFORMS[name].invertible


def test_page_names_every_interpolation_and_padding():
    for title, names in (("Interpolations", INTERPOLATIONS), ("Paddings", PADDINGS)):
        assert re.findall(r"^\| `(\w+)` \|", section(title), re.MULTILINE) == list(names)


@pytest.mark.parametrize("number", range(2))
def test_page_configs_are_valid(number):
    parse_config(blocks("yaml")[number], where="docs/transforms.md")


@pytest.mark.parametrize("number", range(2))
def test_page_code_runs(number):
    exec(blocks("python")[number], {})
