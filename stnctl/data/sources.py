"""From the name of a source to a checked data set."""

import stat
from functools import partial
from pathlib import Path
from typing import Literal

from stnctl.config.schema import DataConfig
from stnctl.data.checks import canonical, count_classes
from stnctl.data.dataset import Arrays, Dataset, Split, content_sha256
from stnctl.data.digits import read_digits
from stnctl.data.download import Progress
from stnctl.data.files import file_mode
from stnctl.data.idx import read_idx
from stnctl.data.mnist import SourceUnavailable, load_mnist
from stnctl.data.npz import read_npz
from stnctl.data.splits import hold_out
from stnctl.errors import InputError


def load_dataset(
    source: str,
    *,
    validation: float | Literal["test"],
    cache: Path | None = None,
    progress: Progress | None = None,
) -> Dataset:
    """Load and check a data set.

    Args:
        source: "mnist", "digits", an .npz file, or a folder of IDX files; a path is relative to
            the current folder.
        validation: The share of the training set to hold out, or "test" for the test set.
        cache: The folder of downloads; the user's cache if None.
        progress: Told of a download.

    Raises:
        InputError: If there is no such source, or it is damaged or does not fit.
        SourceUnavailable: If it must be downloaded, and can't.
        EnvironmentFault: If the system doesn't let it be read.
    """
    arrays = canonical(_read(source, cache, progress), source)
    num_classes = count_classes(arrays, source)
    train, test = Split(arrays.x_train, arrays.y_train), Split(arrays.x_test, arrays.y_test)
    train, held = (train, test) if validation == "test" else hold_out(train, validation)
    return Dataset(train, held, test, source, content_sha256(arrays), num_classes)


def load_with_fallback(
    config: DataConfig, *, cache: Path | None = None, progress: Progress | None = None
) -> tuple[Dataset, str | None]:
    """Load the data set of a configuration, or the one that it names for want of a network.

    Args:
        config: Says the source, the validation set, and what to use offline.
        cache: As in `load_dataset`.
        progress: As in `load_dataset`.

    Returns:
        The data set, and a warning if it is not the one that was asked for.

    Raises:
        StnctlError: As `load_dataset`; `SourceUnavailable` only if ``config.offline`` is None.
    """
    load = partial(load_dataset, validation=config.validation, cache=cache, progress=progress)
    try:
        return load(config.source), None
    except SourceUnavailable as error:
        if config.offline is None:
            raise
        warning = f"{error} Using {config.offline} instead: the numbers are not those of MNIST."
        return load(config.offline), warning


def _expand(source: str) -> Path:
    try:
        return Path(source).expanduser()
    except RuntimeError as error:
        raise InputError(f"data set {source}: {error}") from error


def _read(source: str, cache: Path | None, progress: Progress | None) -> Arrays:
    if source == "mnist":
        return load_mnist(cache=cache, progress=progress)
    if source == "digits":
        return read_digits()
    path = _expand(source)
    folder = stat.S_ISDIR(file_mode(path, "data set", ("mnist", "digits")))
    return read_idx(path) if folder else read_npz(path)
