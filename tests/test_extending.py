"""A new transform is one file and one line: a copy of the package with both works everywhere."""

import json
import os
import shutil
import subprocess
import sys
from difflib import ndiff
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILE = ROOT / "tests" / "extending" / "shear_demo.py"
REGISTRIES = Path("stnctl/geometry/registries.py")
NEXT = '        "flow": '
LINE = '        "shear_demo": "stnctl.geometry.transforms.shear_demo:ShearDemo",\n'
COPIED = ("stnctl", "docs", "tests/docs")
NEEDED = ("pyproject.toml", "tests/__init__.py", "tests/conftest.py", "tests/no_keras.py")
SMALL = (
    "model.transformer.transform=shear_demo",
    "model.transformer.localization.filters=[2]",
    "model.classifier.filters=[2]",
    "model.classifier.units=4",
    "train.epochs=1",
    "train.batch_size=256",
)


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """Copy the package and the docs, add the file of the transform, and insert its line."""
    copy = tmp_path_factory.mktemp("package")
    for folder in COPIED:
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in NEEDED:
        shutil.copy(ROOT / name, copy / name)
    shutil.copy(FILE, copy / "stnctl" / "geometry" / "transforms")
    text = (copy / REGISTRIES).read_text(encoding="utf-8")
    (copy / REGISTRIES).write_text(text.replace(NEXT, LINE + NEXT), encoding="utf-8")
    return copy


@pytest.fixture
def python(package):
    """Run Python on the copy, and return the output."""

    def run(*arguments):
        done = subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=package,
            env={**os.environ, "PYTHONPATH": str(package)},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.fixture
def stnctl(python):
    def run(*arguments):
        return python("-m", "stnctl", *arguments)

    return run


def test_copy_differs_by_a_file_and_a_line(package, python):
    location = python("-c", "import stnctl; print(stnctl.__file__)").strip()
    assert location == str(package / "stnctl" / "__init__.py")
    old, new = (
        (root / REGISTRIES).read_text(encoding="utf-8").splitlines() for root in (ROOT, package)
    )
    assert [line for line in ndiff(old, new) if line[0] in "+-"] == [f"+ {LINE.rstrip()}"]


def test_schema_has_the_transform(stnctl):
    schema = json.loads(stnctl("schema"))
    section = schema["definitions"]["TransformerConfig"]
    assert "shear_demo" in section["properties"]["transform"]["enum"]


def test_warp_takes_the_transform(stnctl):
    assert "shear_demo" in stnctl("warp", "--help")
    shown = stnctl("warp", "checker", "--transform", "shear_demo", "--theta", "0.3", "0")
    assert "shear" in shown


@pytest.mark.usefixtures("needs_keras")
def test_train_and_inspect_take_the_transform(package, stnctl):
    overrides = [word for override in SMALL for word in ("--set", override)]
    stnctl("train", ROOT / "configs" / "demo.yaml", *overrides, "--name", "shear")
    document = json.loads(stnctl("inspect", "shear", "--bad", "2", "--json"))
    assert len(document["items"]) == 2
    assert (package / "runs" / "shear").is_dir()


def test_docs_describe_the_transform(package, python):
    python("docs/transforms_page.py", "shear_demo")
    page = (package / "docs" / "transforms.md").read_text(encoding="utf-8")
    assert "\n## shear_demo\n\nA shear of each axis.\n" in page
    assert "Inverse: not in the family" in page
    python("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/docs/test_transforms_page.py")
