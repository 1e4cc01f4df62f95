"""Figure docs/images/distortions.png: digits under each set of the paper.

python docs/distortions_picture.py

The digits are the embedded ones; `stnctl preview` draws such a sheet for one config.
"""

from pathlib import Path

import numpy as np

from stnctl.config.load import parse_config
from stnctl.data.sources.dataset_loader import load_dataset
from stnctl.data.split_view import make_split_view
from stnctl.figures.contact_sheet import SheetRow, contact_sheet_png

FIGURE = Path(__file__).parent / "images" / "distortions.png"
SETS = ("none", "R", "RTS", "P", "E", "T", "TC", "addition")
NUM_DIGITS = 8


def main() -> None:
    """Write the figure."""
    FIGURE.write_bytes(contact_sheet_png([row(name) for name in SETS], title=""))


def row(name: str) -> SheetRow:
    """Return a digit of each of the first classes under a set, with its label if that is a sum."""
    config = parse_config(f"data: {{source: digits, distortion: {name}}}", where=name)
    view = make_split_view(config, load_dataset(config.data), "train")
    firsts = np.unique(view.split.labels, return_index=True)[1][:NUM_DIGITS]
    examples = view.examples()
    sums = [str(label) for label in examples.labels[firsts]]
    below = sums if name == "addition" else ()
    return SheetRow(name, list(examples.inputs(firsts)), below=below)


if __name__ == "__main__":
    main()
