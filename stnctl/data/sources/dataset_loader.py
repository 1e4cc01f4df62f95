"""Loader of the data set in the section `data` of a config."""

import os
import stat
from functools import partial
from pathlib import Path

from stnctl.config.choices import NAMED_SOURCES
from stnctl.config.data_section import ArrayKeys, DataConfig
from stnctl.config.messages import hide_credentials, shorten
from stnctl.data.dataset import Arrays, Dataset, content_sha256, split_arrays
from stnctl.data.sources.array_checks import canonical_arrays, count_classes
from stnctl.data.sources.digits import read_digits
from stnctl.data.sources.download import Progress
from stnctl.data.sources.idx_reader import read_idx
from stnctl.data.sources.mnist import SourceUnavailable, load_mnist
from stnctl.data.sources.npz_reader import read_npz
from stnctl.data.sources.user_files import file_mode
from stnctl.errors import ConfigError, InputError

_MAX_SHOWN = 200


def load_dataset(
    config: DataConfig,
    *,
    source: str | None = None,
    cache: Path | None = None,
    progress: Progress | None = None,
) -> Dataset:
    """Load and check a data set.

    Args:
        config: The section `data`. Its source is "mnist", "digits", the path of an .npz file, or
            the path of a folder of IDX files. Paths are relative to the current folder.
        source: Source that replaces ``config.source``; None to use the latter.
        cache: The folder of downloads; None for the cache of the user.
        progress: Called during a download.

    Raises:
        ConfigError: If ``config`` has keys for .npz files, but the source is no .npz file.
        InputError: If the source does not exist or is damaged, or its arrays are not valid.
        SourceUnavailable: If the source can't be downloaded.
        EnvironmentFault: If there is no permission to read the source.
    """
    source = source or config.source
    arrays = canonical_arrays(_read(config, source, cache, progress), source)
    num_classes = count_classes(arrays, source)
    train, validation, test = split_arrays(arrays, config.validation)
    return Dataset(train, validation, test, source, content_sha256(arrays), num_classes)


def load_with_fallback(
    config: DataConfig, *, cache: Path | None = None, progress: Progress | None = None
) -> tuple[Dataset, str | None]:
    """Load the data set of a config; fall back to `data.offline` if the download fails.

    Args:
        config: As in `load_dataset`. Its key ``offline`` names the fallback, or is None.
        cache: As in `load_dataset`.
        progress: As in `load_dataset`.

    Returns:
        The data set, and a warning if it is the fallback, otherwise None.

    Raises:
        StnctlError: As in `load_dataset`; `SourceUnavailable` only if there is no fallback.
    """
    load = partial(load_dataset, config, cache=cache, progress=progress)
    try:
        return load(), None
    except SourceUnavailable as error:
        if config.offline is None:
            raise
        warning = f"{error} Using {config.offline} instead: the numbers are not those of MNIST."
        return load(source=config.offline), warning


def expand_source_path(source: str) -> Path:
    """Return the path of a source, with ``~`` or ``~USER`` replaced by the home folder.

    Raises:
        InputError: If the user does not exist.
    """
    try:
        return Path(source).expanduser()
    except RuntimeError as error:
        raise InputError(f"data set {source}: {error}") from error


def _read(config: DataConfig, source: str, cache: Path | None, progress: Progress | None) -> Arrays:
    if source in NAMED_SOURCES:
        _check_no_npz_keys(config, source)
        return read_digits() if source == "digits" else load_mnist(cache=cache, progress=progress)
    if "://" in source and not os.path.lexists(source):
        raise InputError(
            f"data set {shorten(hide_credentials(source), _MAX_SHOWN)} is an address, expected a "
            f"path or one of {', '.join(NAMED_SOURCES)}",
            hint="download the file, and name its path",
        )
    path = expand_source_path(source)
    if stat.S_ISDIR(file_mode(path, "data set", NAMED_SOURCES)):
        _check_no_npz_keys(config, source)
        return read_idx(path)
    return read_npz(path, config.keys, config.image_shape)


def _check_no_npz_keys(config: DataConfig, source: str) -> None:
    """Reject keys for .npz files if the source is no .npz file."""
    defaults = {"keys": ArrayKeys(), "image_shape": None}
    if given := [f"data.{key}" for key, value in defaults.items() if getattr(config, key) != value]:
        raise ConfigError(
            f"{' and '.join(given)} may only be set for an .npz file, not for {source}",
            hint="leave them out, or name an .npz file with `data.source`",
        )
