"""Wheel: built from the sdist, installed in a new virtual environment, used in empty folders."""

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

from stnctl.config.shipped import shipped_names
from stnctl.config.starter_files import starter_files

ROOT = Path(__file__).parents[1]
OF_PYTHON = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "STNCTL_RUNS_DIR")

QUICK = (("runs", "ls"), ("compare", "x"))
"""Commands that read the runs, without Keras."""

SLOW = (
    ("eval", "latest", "--split", "validation"),
    ("report", "latest", "--output", "report.html"),
)
"""Commands that load Keras, in about ten seconds each."""


def built(folder, target, output):
    """Build a target offline, with the hatchling of this environment; return its only file."""
    words = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(output)]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    [file] = output.iterdir()
    return file


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("build")
    with tarfile.open(built(ROOT, "sdist", folder / "sdist")) as sdist:
        sdist.extractall(folder, filter="data")
    [unpacked] = folder.glob("stnctl-*")
    return built(unpacked, "wheel", folder / "wheel")


class Installation:
    """Virtual environment with the wheel, and the libraries of this environment."""

    def __init__(self, folder, wheel):
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        self.bin = folder / "bin"
        pip = [sys.executable, "-m", "pip", "--python", str(self.bin / "python")]
        options = ["install", "--quiet", "--no-deps", "--no-index", "--no-compile"]
        subprocess.run([*pip, *options, str(wheel)], check=True)
        [packages] = folder.glob("lib/python3*/site-packages")
        (packages / "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")

    def __call__(self, *words, folder, program="stnctl"):
        """Run a program to its end, and return its stdout."""
        env = {name: value for name, value in os.environ.items() if name not in OF_PYTHON}
        done = subprocess.run(
            [self.bin / program, *words],
            cwd=folder,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory, wheel):
    return Installation(tmp_path_factory.mktemp("venv"), wheel)


def test_wheel_from_the_sdist_is_that_of_the_checkout(wheel, tmp_path):
    other = built(ROOT, "wheel", tmp_path)
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(other) as two:
        assert one.namelist() == two.namelist()
        assert all(one.read(name) == two.read(name) for name in one.namelist())


def test_wheel_carries_package_configs_and_schema_and_no_tests(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        for name, content in starter_files(shipped_names()).items():
            assert archive.read(f"stnctl/shipped/{name}") == content
    files = {path for path in (ROOT / "stnctl").rglob("*") if path.is_file()}
    package = {str(path.relative_to(ROOT)) for path in files if "__pycache__" not in path.parts}
    assert package <= {*names}
    assert {name.split("/")[0].split("-")[0] for name in names} == {"stnctl"}


def test_installed_package_finds_its_configs(installed, tmp_path):
    place = installed("-c", "import stnctl; print(stnctl.__file__)", folder="/", program="python")
    assert Path(place).is_relative_to(installed.bin.parent)
    listed = json.loads(installed("configs", "--json", folder=tmp_path))["configs"]
    assert [row["name"] for row in listed] == shipped_names()
    installed("init", "stn_rts", folder=tmp_path)
    for name, content in starter_files(["stn_rts"]).items():
        assert (tmp_path / name).read_bytes() == content


@pytest.mark.usefixtures("needs_keras")
def test_installed_package_trains_a_named_config(installed, tmp_path):
    changes = [
        "data.source=digits",
        "train.epochs=1",
        "train.snapshots=0",
        "model.transformer.localization.filters=[4]",
        "model.classifier={filters: [4], units: 8}",
    ]
    options = [word for change in changes for word in ("--set", change)]
    stdout = installed("train", "stn", *options, "--name", "x", folder=tmp_path)
    assert stdout == "runs/x\n"
    for words in QUICK:
        assert installed(*words, folder=tmp_path)


@pytest.mark.slow
def test_installed_package_runs_the_demo(installed, tmp_path):
    stdout = installed("demo", folder=tmp_path)
    figures = stdout.partition("\nfigures\n")[2].splitlines()
    assert "warp.png" in {Path(figure).name for figure in figures}
    assert all((tmp_path / figure).is_file() for figure in figures)
    for words in SLOW:
        assert installed(*words, folder=tmp_path)
