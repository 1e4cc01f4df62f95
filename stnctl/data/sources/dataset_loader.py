"""From the name of a source to a checked data set."""

import stat
from functools import partial
from pathlib import Path

from stnctl.config.data_section import ArrayKeys, DataConfig
from stnctl.data.dataset import Arrays, Dataset, content_sha256, split_arrays
from stnctl.data.sources.array_checks import canonical_arrays, count_classes
from stnctl.data.sources.digits import read_digits
from stnctl.data.sources.download import Progress
from stnctl.data.sources.idx_reader import read_idx
from stnctl.data.sources.mnist import SourceUnavailable, load_mnist
from stnctl.data.sources.npz_reader import read_npz
from stnctl.data.sources.user_files import file_mode
from stnctl.errors import ConfigError, InputError

NAMED = ("mnist", "digits")
"""The sources that are no path."""


def load_dataset(
    config: DataConfig,
    *,
    source: str | None = None,
    cache: Path | None = None,
    progress: Progress | None = None,
) -> Dataset:
    """Load and check a data set.

    Args:
        config: Says the source ("mnist", "digits", an .npz file, or a folder of IDX files; a
            path is relative to the current folder), the names and the shape of the arrays of an
            .npz file, and the validation set.
        source: Takes the place of ``config.source``.
        cache: The folder of downloads; the user's cache if None.
        progress: Told of a download.

    Raises:
        ConfigError: If the configuration speaks of an .npz file, and the source is none.
        InputError: If there is no such source, or it is damaged or does not fit.
        SourceUnavailable: If it must be downloaded, and can't.
        EnvironmentFault: If the system doesn't let it be read.
    """
    source = source or config.source
    arrays = canonical_arrays(_read(config, source, cache, progress), source)
    num_classes = count_classes(arrays, source)
    train, validation, test = split_arrays(arrays, config.validation)
    return Dataset(train, validation, test, source, content_sha256(arrays), num_classes)


def load_with_fallback(
    config: DataConfig, *, cache: Path | None = None, progress: Progress | None = None
) -> tuple[Dataset, str | None]:
    """Load the data set of a configuration, or the one that it names for want of a network.

    Args:
        config: As in `load_dataset`; says also what to use offline.
        cache: As in `load_dataset`.
        progress: As in `load_dataset`.

    Returns:
        The data set, and a warning if it is not the one that was asked for.

    Raises:
        StnctlError: As `load_dataset`; `SourceUnavailable` only if ``config.offline`` is None.
    """
    load = partial(load_dataset, config, cache=cache, progress=progress)
    try:
        return load(), None
    except SourceUnavailable as error:
        if config.offline is None:
            raise
        warning = f"{error} Using {config.offline} instead: the numbers are not those of MNIST."
        return load(source=config.offline), warning


def expand(source: str) -> Path:
    """Return the path that a source is, with ``~`` for the home of a user.

    Raises:
        InputError: If there is no such user.
    """
    try:
        return Path(source).expanduser()
    except RuntimeError as error:
        raise InputError(f"data set {source}: {error}") from error


def _read(config: DataConfig, source: str, cache: Path | None, progress: Progress | None) -> Arrays:
    if source in NAMED:
        _check_layout_unsaid(config, source)
        return read_digits() if source == "digits" else load_mnist(cache=cache, progress=progress)
    path = expand(source)
    if stat.S_ISDIR(file_mode(path, "data set", NAMED)):
        _check_layout_unsaid(config, source)
        return read_idx(path)
    return read_npz(path, config.keys, config.image_shape)


def _check_layout_unsaid(config: DataConfig, source: str) -> None:
    """Refuse a layout of arrays for a source whose layout is known."""
    defaults = {"keys": ArrayKeys(), "image_shape": None}
    if said := [f"data.{key}" for key, value in defaults.items() if getattr(config, key) != value]:
        raise ConfigError(
            f"{' and '.join(said)} may only be set for an .npz file, not for {source}",
            hint="leave them out, or name an .npz file with `data.source`",
        )
