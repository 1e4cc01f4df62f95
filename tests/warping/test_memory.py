"""Peak memory of a warp, from an image file to the bytes of another, in its own process."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

STATUS = Path("/proc/self/status")

SCRIPT = """
import re, sys
from pathlib import Path
from stnctl.data.image_files.image_writer import encode_image
from stnctl.warping.from_motion import MotionSpec
from stnctl.warping.image_warper import ImageWarper
from stnctl.warping.sampling_options import SamplingOptions
from stnctl.warping.warp_job import plan_warp

way, path = sys.argv[1:]
if way == "floats":
    ImageWarper.levels = lambda *_: None
job = plan_warp(Path(path), MotionSpec(rotate=30), SamplingOptions())
encode_image(job.output_map(), job.image.mode, ".bmp")
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


def peak(way, path):
    """Return the peak memory of a process that warps an image, in bytes."""
    line = [sys.executable, "-c", SCRIPT, way, str(path)]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    return 1024 * int(done.stdout)


@pytest.mark.skipif(not STATUS.exists(), reason="the system has no /proc")
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_warp_of_bytes_takes_little_memory(tmp_path, mode):
    """Less than half of that with floats, beyond that of a small image."""
    shape = (2000, 2500) if mode == "L" else (2000, 2500, 3)
    pixels = np.random.default_rng(0).integers(0, 256, shape, dtype="uint8")
    large, small = tmp_path / "large.bmp", tmp_path / "small.bmp"
    Image.fromarray(pixels).save(large)
    Image.fromarray(pixels[:300, :300]).save(small)
    found, floats, least = peak("bytes", large), peak("floats", large), peak("bytes", small)
    assert found - least < (floats - least) / 2
