"""MNIST, from a copy on this machine or from one download, at the address that Keras uses."""

import os
from pathlib import Path

from stnctl.data.dataset import Arrays, content_sha256
from stnctl.data.sources.array_checks import canonical_arrays
from stnctl.data.sources.download import DownloadError, Progress, SourceUnavailable, download
from stnctl.data.sources.npz_reader import read_npz
from stnctl.errors import StnctlError
from stnctl.storage.cache_folder import cache_folder

URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
URL_VARIABLE = "STNCTL_MNIST_URL"

FILE_SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
"""Hash of the file at `URL`, 11,490,434 bytes."""

CONTENT_SHA256 = "8d30d368973b4fbd25aa5a0f2ba98c41e045dcb6215cd19e4e7491f8785bd1b1"
"""`content_sha256` of MNIST, the same for every file format."""

_MAX_DOWNLOAD_BYTES = 64_000_000


def load_mnist(*, cache: Path | None = None, progress: Progress | None = None) -> Arrays:
    """Return MNIST.

    A copy in the cache or in the folder of Keras is used if there is a valid one. Otherwise, the
    file is downloaded from $STNCTL_MNIST_URL, default `URL`.

    Args:
        cache: The folder of the download; None for `cache_folder`.
        progress: Called during the download.

    Returns:
        Images (60000, 28, 28, 1) and (10000, 28, 28, 1), uint8; labels (60000,) and (10000,),
        int64.

    Raises:
        SourceUnavailable: If there is no valid copy, and the download fails.
    """
    copy = (cache or cache_folder()) / "mnist.npz"
    if (found := find_mnist(copy, keras_datasets() / "mnist.npz")) is not None:
        return found
    url = os.environ.get(URL_VARIABLE) or URL
    try:
        download(
            url,
            copy,
            checksum=f"sha256:{FILE_SHA256}",
            max_bytes=_MAX_DOWNLOAD_BYTES,
            progress=progress,
        )
    except DownloadError as error:
        raise SourceUnavailable(
            f"no valid copy of MNIST is on this machine: {error}. No file was changed.",
            hint="name a copy with `--set data.source=PATH`, or train on the embedded digits "
            "with `--set data.offline=digits`",
        ) from error
    return canonical_arrays(read_npz(copy), str(copy))


def find_mnist(*paths: Path) -> Arrays | None:
    """Return the arrays of the first of the .npz files that contains MNIST, or None."""
    for path in paths:
        try:
            arrays = canonical_arrays(read_npz(path), str(path))
        except StnctlError:
            continue
        if content_sha256(arrays) == CONTENT_SHA256:
            return arrays
    return None


def keras_datasets() -> Path:
    """Return the folder in which Keras keeps downloaded data sets."""
    home = os.environ.get("KERAS_HOME") or os.path.expanduser("~/.keras")  # noqa: PTH111 - never fails
    return Path(home, "datasets")
