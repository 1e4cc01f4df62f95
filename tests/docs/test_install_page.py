"""Tests of docs/install.md."""

import re
import subprocess
from importlib.metadata import metadata
from pathlib import Path

import pytest

from stnctl.config.load import load_config
from tests.docs.test_examples import parsed

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("exists", [False, True])
def test_slurm_script_trains_or_resumes(tmp_path, exists):
    """With stubs in place of the programs of a cluster."""
    [script] = re.findall(r"^```bash\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    assert script.startswith("#!/bin/bash\n#SBATCH")
    stubs = 'source() { :; }\nsrun() { printf "%s\\n" "$*"; }\nSLURM_CPUS_PER_TASK=4\n'
    if exists:
        (tmp_path / "runs" / "stn-rts").mkdir(parents=True)
    done = subprocess.run(
        ["bash", "-eu", "-c", stubs + script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    name, values = parsed(done.stdout)
    assert name == "train"
    if exists:
        assert (values["resume"], values["config"]) == ("stn-rts", None)
    else:
        config = load_config(values["config"], values["set_"])
        assert (config.train.threads, config.data.offline) == (4, None)
        assert values["name"] == "stn-rts"


def test_page_names_python_versions_of_the_package():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    low, high = re.findall(r"3\.(\d+)", project["requires-python"])
    named = [int(minor) for minor in re.findall(r"3\.(\d+)", TEXT.split("\n\n")[1])]
    assert named == list(range(int(low), int(high)))


def test_page_names_an_extra_of_tensorflow():
    assert '"tensorflow[and-cuda]"' in TEXT
    assert "and-cuda" in (metadata("tensorflow").get_all("Provides-Extra") or [])


def test_readme_leads_to_the_page():
    assert "(docs/install.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
