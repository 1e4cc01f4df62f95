"""Prints the run time and memory of `stnctl warp` on a photograph of 12 million pixels.

    python -m benchmarks.warp

Each tool is a whole command in its own process, start included: `stnctl warp`, and scripts that
read, warp and write the same file with scikit-image and with OpenCV. The image is smooth noise,
8-bit RGB, as BMP: without compression, so that encoding takes little time. All use bilinear
interpolation, with zeros outside, on two CPUs and two threads.

The tools alternate. The table has medians and quartiles; a ratio is left out if the quartiles of
the other tool differ by more than 15 %. It takes about a minute, and needs
`pip install -e ".[bench]"`.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.timings import Timings, verdict
from stnctl.geometry.frames import to_pixel_frame

THREADS = 2
ROUNDS = 7
SIZE = (3000, 4000)
THETA = (0.9, -0.3, 0.05, 0.25, 0.8, -0.1)

MAKE_IMAGE = """
import sys
import numpy as np
from PIL import Image
small = np.random.default_rng(0).integers(0, 256, (60, 80, 3), dtype="uint8")
Image.fromarray(small).resize((4000, 3000), Image.Resampling.BICUBIC).save(sys.argv[1])
"""

SCIKIT_IMAGE = """
import json, sys
import numpy as np
from skimage import io, transform, util
source, target, matrix = sys.argv[1:]
U = io.imread(source)
V = transform.warp(U, transform.AffineTransform(np.array(json.loads(matrix))), order=1)
io.imsave(target, util.img_as_ubyte(V), check_contrast=False)
"""

OPENCV = """
import json, sys
import cv2
import numpy as np
source, target, matrix = sys.argv[1:]
cv2.setNumThreads(2)
U = cv2.imread(source)
M = np.array(json.loads(matrix))[:2]
flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
cv2.imwrite(target, cv2.warpAffine(U, M, U.shape[1::-1], flags=flags))
"""


@dataclass(frozen=True)
class Cost:
    """Cost of a process.

    Attributes:
        seconds: Wall time, with its start.
        megabytes: Peak memory.
    """

    seconds: float
    megabytes: float


def main() -> None:
    """Time the commands, alternating, and print times, ratios and memory."""
    pin()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "u.bmp"
        run(("-c", MAKE_IMAGE, str(source)))
        lines = commands(source, folder)
        rounds = [[run(line) for line in lines.values()] for _ in range(ROUNDS)]
        headings = ("command", "seconds", "stnctl / it", "peak MB", "differs by")
        table = Table(*headings, box=box.MARKDOWN)
        every = list(zip(*rounds, strict=True))
        times = [Timings(tuple(cost.seconds for cost in costs)) for costs in every]
        for tool, costs, seconds in zip(lines, every, times, strict=True):
            ratio, *_ = verdict(times[0].median / seconds.median, None, seconds, least=False)
            megabytes = statistics.median(cost.megabytes for cost in costs)
            differs = f"{difference(folder, tool):.3f}"
            table.add_row(tool, seconds.text(), ratio, f"{megabytes:.0f}", differs)
    Console().print(table)
    Console().print(
        "differs by: mean absolute difference of V from that of stnctl, in levels of 255"
    )


def pin() -> None:
    """Limit this process and its children to two threads, and to two CPUs if the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])
    for library in ("OMP", "OPENBLAS", "MKL"):
        os.environ[f"{library}_NUM_THREADS"] = str(THREADS)


def commands(source: Path, folder: Path) -> dict[str, Sequence[str]]:
    """Return the arguments of Python for each tool, stnctl first."""
    matrix = to_pixel_frame(np.array([*THETA, 0, 0, 1]).reshape(3, 3), SIZE, SIZE)
    rows = json.dumps(matrix.tolist())
    theta = " ".join(map(str, THETA))
    ours = ("-m", "stnctl", "warp", str(source), "--theta", theta, "--force", "--output")
    return {
        "stnctl": (*ours, str(folder / "stnctl.bmp")),
        "scikit-image": ("-c", SCIKIT_IMAGE, str(source), str(folder / "scikit-image.bmp"), rows),
        "OpenCV": ("-c", OPENCV, str(source), str(folder / "OpenCV.bmp"), rows),
    }


def run(arguments: Sequence[str]) -> Cost:
    """Run Python with ``arguments``; exit with its output if it fails."""
    line = [sys.executable, *arguments]
    with tempfile.TemporaryFile() as output:
        clock = time.perf_counter()
        process = subprocess.Popen(line, stdout=output, stderr=output)  # noqa: S603
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - clock
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            raise SystemExit(output.read().decode())
    return Cost(seconds, usage.ru_maxrss / 1024)


def difference(folder: Path, tool: str) -> float:
    """Return the mean absolute difference of a tool's V from that of stnctl, in levels of 255."""
    ours, theirs = (
        np.asarray(Image.open(folder / f"{name}.bmp"), "int16") for name in ("stnctl", tool)
    )
    return float(np.abs(ours - theirs).mean())


if __name__ == "__main__":
    main()
