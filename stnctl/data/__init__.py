"""Data: sources, splits, and batches. Image files are in `stnctl.data.images`."""

from stnctl.data.batches import epoch_order, network_input
from stnctl.data.dataset import Dataset, Split
from stnctl.data.mnist import SourceUnavailable
from stnctl.data.sources import load_dataset, load_with_fallback

__all__ = [
    "Dataset",
    "SourceUnavailable",
    "Split",
    "epoch_order",
    "load_dataset",
    "load_with_fallback",
    "network_input",
]
