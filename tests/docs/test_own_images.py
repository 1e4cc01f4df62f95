"""docs/own_images.md: its commands in their order, on images that its script draws."""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from stnctl.config.load import parse_config
from tests.docs.test_cli_page import ROOT
from tests.docs.test_examples import parsed

PAGE = (ROOT / "docs" / "own_images.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ (.*)$", PAGE, re.MULTILINE)
[CONFIG] = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
[PROGRAM] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_config_is_valid():
    config = parse_config(CONFIG, where="signs.yaml")
    assert config.data.image_shape == (48, 48, 3)


@pytest.mark.parametrize("line", [line for line in COMMANDS if line.startswith("stnctl ")])
def test_commands_can_be_parsed(line):
    name, values = parsed(line)
    assert name
    assert values


def test_script_draws_each_class(tmp_path):
    subprocess.run([sys.executable, ROOT / "docs" / "signs.py", tmp_path / "signs"], check=True)
    counts = {
        split: {len(list(folder.iterdir())) for folder in (tmp_path / "signs" / split).iterdir()}
        for split in ("train", "test")
    }
    assert counts == {"train": {200}, "test": {50}}


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.skipif(find_spec("tf2onnx") is None, reason="needs the extra onnx")
def test_commands_of_the_page(tmp_path):
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    (tmp_path / "signs.yaml").write_text(CONFIG, encoding="utf-8")
    folder = Path(sys.executable).parent
    environment = os.environ | {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    for line in COMMANDS:
        command = line.replace("stnctl ", f"{sys.executable} -m stnctl ", 1)
        subprocess.run(command, shell=True, cwd=tmp_path, env=environment, check=True)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "stop\n"
