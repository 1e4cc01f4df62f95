"""Tests of README.md, CHANGELOG.md and the links of all pages."""

import re
from pathlib import Path

import pytest
import yaml

from stnctl.config.load import load_config, parse_config
from stnctl.geometry.registries import (
    INTERPOLATIONS,
    PADDINGS,
    REGRESSED_TRANSFORMS,
    TRANSFORMS,
)

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#\s]+)\)", page.read_text(encoding="utf-8"))
    for link in links:
        if not link.startswith("https://"):
            assert (page.parent / link).exists(), link


def test_readme_shows_things_in_order():
    places = [
        README.index(words)
        for words in (
            "# stnctl",
            "docs/images/uv_rts.png",
            "$ pip install .",
            "$ stnctl demo",
            "$ stnctl train stn_rts",
            "make demo",
            "$ stnctl eval",
            "$ stnctl inspect",
            "$ stnctl warp",
            "```yaml",
            "stnctl/\n  cli/",
        )
    ]
    assert places == sorted(places)


def test_readme_tree_is_true():
    tree = README.split("## The code")[1].split("```")[1]
    below = ""
    named = set()
    for line in tree.splitlines()[1:]:
        name = line.split()[0]
        below = name if not line.startswith(" ") else below
        path = ROOT / (name if name == below else below + name)
        assert path.exists(), path
        named.add(path)
    package = {
        path
        for path in (ROOT / "stnctl").iterdir()
        if path.suffix == ".py" or (path.is_dir() and path.name != "__pycache__")
    }
    assert package - named == {ROOT / "stnctl/__init__.py", ROOT / "stnctl/__main__.py"}


def test_readme_config_is_valid_and_complete():
    text = README.split("```yaml\n")[1].split("```")[0]
    assert parse_config(text, where="README.md") == load_config(ROOT / "configs" / "stn.yaml")
    shown = keys(yaml.safe_load(text))
    assert shown == keys(full())


def full():
    text = "model: {transformer: {localization: {bottleneck: {}}}}"
    return parse_config(text, where="text").model_dump()


def keys(tree, prefix=""):
    found = set()
    for name, value in tree.items():
        found.add(prefix + name)
        if isinstance(value, dict):
            found |= keys(value, f"{prefix}{name}.")
    return found


def test_readme_warp_runs():
    code = README.split("```python\n")[2].split("```")[0]
    names = {}
    exec(code, names)
    assert names["V"].shape == (2, 20, 20, 1)


def test_readme_counts_the_choices():
    words = ["four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    found = dict(zip(words, range(4, 13), strict=True))
    families, interpolations, paddings = re.search(
        r"(\w+)\s+families of transforms.*?(\w+)\s+interpolations\s+and\s+(\w+)\s+paddings",
        README,
        re.DOTALL,
    ).groups()
    assert found[families] == len(TRANSFORMS)
    assert found[interpolations] == len(INTERPOLATIONS)
    assert found[paddings] == len(PADDINGS)
    [others] = re.findall(r"any family of docs/transforms.md except (\w+)", README)
    assert set(TRANSFORMS) - set(REGRESSED_TRANSFORMS) == {others}


def test_readme_table_names_every_config():
    for path in (ROOT / "configs").glob("*.yaml"):
        assert f"(configs/{path.name})" in README


def test_decisions_name_every_dependency():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    decisions = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")
    for requirement in project["dependencies"]:
        name = re.match(r"[\w-]+", requirement)[0]
        assert f"| {name} |" in decisions
    for requirement in project["optional-dependencies"]["dev"]:
        name = re.match(r"[\w-]+", requirement)[0]
        assert name.startswith("types-") or name.lower() in decisions.lower()


def test_constraints_pin_without_addresses():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        assert re.fullmatch(r"[\w.-]+==[\w.!+]+", line), line


def test_changelog_names_the_version():
    from stnctl import __version__

    assert f"\n## {__version__} - " in CHANGELOG


def test_changelog_has_the_form_of_keep_a_changelog():
    releases = re.findall(r"^## (.*)$", CHANGELOG, re.MULTILINE)
    assert releases[0] == "Unreleased"
    for release in releases[1:]:
        assert re.fullmatch(r"\d+\.\d+\.\d+ - \d{4}-\d{2}-\d{2}", release)
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert set(re.findall(r"^### (.*)$", CHANGELOG, re.MULTILINE)) <= kinds
