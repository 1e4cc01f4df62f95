"""Tests of CONTRIBUTING.md and of the files for contributors: they name existing files."""

import re

import pytest
import yaml

from stnctl import __version__
from tests.docs.test_cli_page import ROOT
from tests.test_architecture import LAYERS

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FOLDERS = ("stnctl", "tests", "docs", "configs", "schemas", "benchmarks", ".ci", ".github")
NAMED = re.findall(r"`([\w./-]+)`", TEXT)
PATHS = {name for name in NAMED if name.split("/")[0] in FOLDERS and "/" in name}
FILES = {name for name in NAMED if re.fullmatch(r"\w+\.(md|py|cff)", name)}
YAML = [
    *(ROOT / ".github").rglob("*.yml"),
    ROOT / ".pre-commit-config.yaml",
    ROOT / "CITATION.cff",
]


def load(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(PATHS | (FILES - {"run.json"})))
def test_contributing_names_files_that_exist(name):
    assert (ROOT / name).exists()


@pytest.mark.parametrize("target", sorted({*re.findall(r"\bmake ([a-z-]+)", TEXT)}))
def test_contributing_names_make_targets(target):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_contributing_floors_are_the_layers():
    [block] = [text for text in re.findall(r"```text\n(.*?)```", TEXT, re.DOTALL) if "cli" in text]
    floors = [set(re.split(r"\s{2,}", line)[0].split(", ")) for line in block.splitlines()]
    assert floors == [set(layer) for layer in LAYERS if layer != {"stnctl"}]


@pytest.mark.parametrize("path", YAML, ids=lambda path: path.name)
def test_yaml_is_valid(path):
    assert isinstance(load(path), dict)


def test_workflow_runs_the_checks_of_the_project():
    job = load(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]["test"]
    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


@pytest.mark.parametrize("name", ["bug", "feature"])
def test_issue_forms_have_the_required_keys(name):
    form = load(ROOT / ".github" / "ISSUE_TEMPLATE" / f"{name}.yml")
    assert {"name", "description", "body"} <= set(form)
    names = [item["id"] for item in form["body"] if item["type"] != "markdown"]
    assert len(names) == len(set(names))


def test_pre_commit_hooks_are_local():
    [repo] = load(ROOT / ".pre-commit-config.yaml")["repos"]
    assert repo["repo"] == "local"
    assert [hook["id"] for hook in repo["hooks"]] == ["ruff-check", "ruff-format", "mypy"]
    for hook in repo["hooks"]:
        assert {"id", "name", "entry", "language"} <= set(hook)


def test_citation_has_the_required_keys():
    citation = load(ROOT / "CITATION.cff")
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert (citation["cff-version"], citation["title"]) == ("1.2.0", "stnctl")
    assert citation["version"] == __version__
    assert citation["license"] == "MIT"
    assert "1506.02025" in citation["references"][0]["url"]


def test_security_policy_leads_to_the_guarantees():
    assert "](docs/security.md)" in (ROOT / "SECURITY.md").read_text(encoding="utf-8")


def test_package_has_type_information():
    assert (ROOT / "stnctl" / "py.typed").is_file()
