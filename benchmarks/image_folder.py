"""Time to load 60,000 small PNG files from a folder, compared with Pillow alone in a loop.

python -m benchmarks.image_folder

The second load reads the cache. Both programs take turns, with the files in the memory of the
operating system. The limit is `LIMIT` times the median of Pillow.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image
from rich.console import Console
from rich.table import Table

from benchmarks.timings import Timings
from stnctl.config.data_section import DataConfig
from stnctl.data.sources.dataset_loader import load_dataset
from stnctl.data.sources.digits import read_digits

NUM_IMAGES, ROUNDS = 60_000, 3
LIMIT = 1.5


def main() -> None:
    """Write the files, time the loads, print the medians, and fail above the limit."""
    with tempfile.TemporaryDirectory() as folder:
        images = Path(folder, "images")
        write_images(images)
        times: dict[str, list[float]] = {"Pillow": [], "first load": [], "second load": []}
        for number in range(ROUNDS):
            os.environ["STNCTL_CACHE_DIR"] = str(Path(folder, f"cache{number}"))
            times["Pillow"].append(seconds_of_pillow(images))
            for name in ("first load", "second load"):
                times[name].append(seconds_of_load(images))
    medians = {name: Timings(tuple(values)).median for name, values in times.items()}
    table = Table("program", "seconds", "ratio to Pillow")
    for name, median in medians.items():
        table.add_row(name, f"{median:.2f}", f"{median / medians['Pillow']:.2f}")
    Console().print(table)
    if medians["first load"] > LIMIT * medians["Pillow"]:
        sys.exit(f"the first load takes more than {LIMIT} times the seconds of Pillow")


def write_images(folder: Path) -> None:
    """Write the embedded digits, repeated, as FOLDER/CLASS/NUMBER.png."""
    digits = read_digits()
    for number in range(NUM_IMAGES):
        place = number % len(digits.x_train)
        path = folder / str(digits.y_train[place]) / f"{number:05}.png"
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True)
        Image.fromarray(digits.x_train[place]).save(path)
    time.sleep(2.1)  # files that were changed just now are not cached


def seconds_of_pillow(folder: Path) -> float:
    """Return the seconds in which Pillow decodes all files into one array."""
    clock = time.perf_counter()
    paths = sorted(folder.glob("*/*.png"))
    pixels = np.empty((len(paths), 28, 28), np.uint8)
    for number, path in enumerate(paths):
        with Image.open(path) as image:
            pixels[number] = np.asarray(image)
    return time.perf_counter() - clock


def seconds_of_load(folder: Path) -> float:
    """Return the seconds of `load_dataset`."""
    clock = time.perf_counter()
    load_dataset(DataConfig(source=str(folder), test=0.1))
    return time.perf_counter() - clock


if __name__ == "__main__":
    main()
