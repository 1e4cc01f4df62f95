import re
import subprocess
import sys

import pytest

from tests.imports import ROOT


@pytest.mark.slow
def test_training_bytes_is_near_real_trainings():
    line = [sys.executable, "-m", "benchmarks.memory", "border", "SGD", "residual"]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=True)
    ratios = [float(ratio) for ratio in re.findall(r"([0-9.]+) \|$", done.stdout, re.MULTILINE)]
    assert len(ratios) == 3, done.stdout
    assert all(0.7 <= ratio <= 1.3 for ratio in ratios), done.stdout
