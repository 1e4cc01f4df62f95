"""Loader of the data set in the section `data` of a config."""

import os
import stat
from functools import partial
from pathlib import Path

from stnctl.config.choices import NAMED_SOURCES
from stnctl.config.data_section import ArrayKeys, DataConfig
from stnctl.config.messages import hide_credentials, shorten
from stnctl.data.dataset import Dataset, SourceData, content_sha256, split_arrays
from stnctl.data.sources.array_checks import canonical_arrays, count_classes
from stnctl.data.sources.digits import read_digits
from stnctl.data.sources.download import Progress, SourceUnavailable
from stnctl.data.sources.emnist import EMNIST_SETS, as_emnist
from stnctl.data.sources.folder_cache import FolderCache
from stnctl.data.sources.folder_listing import has_class_folders
from stnctl.data.sources.idx_reader import find_idx_sets, read_idx
from stnctl.data.sources.image_folder import read_image_folder
from stnctl.data.sources.mnist import load_mnist
from stnctl.data.sources.npz_reader import read_npz
from stnctl.data.sources.published_sets import load_published
from stnctl.data.sources.user_files import file_mode
from stnctl.errors import ConfigError, ConfigProblem, InputError

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
        config: The section `data`. Its source is one of `NAMED_SOURCES`, or the path of an .npz
            file, of a folder of IDX files, of the set ``FOLDER/SET`` among several in such a
            folder, or of a folder of images. Paths are relative to the current folder.
        source: Source that replaces ``config.source``; None to use the latter.
        cache: The folder of downloads and of the pixels of image files; None for the cache of the
            user.
        progress: Called during a download, and while image files are read.

    Raises:
        ConfigError: If ``config`` has keys that do not fit the source, such as those of .npz files.
        InputError: If the source does not exist or is damaged, or its arrays are not valid.
        SourceUnavailable: If the source can't be downloaded.
        EnvironmentFault: If there is no permission to read the source.
    """
    source = source or config.source
    data = _read(config, source, cache, progress)
    first_label = config.first_label or data.first_label
    arrays = canonical_arrays(data.arrays, source, first_label)
    num_classes, names = count_classes(arrays, source), config.classes or data.class_names
    if names is not None and len(names) < num_classes:
        problem = f"expected {num_classes} names, one for each class of {source}"
        raise ConfigError(ConfigProblem(problem, got=str(len(names)), path="data.classes"))
    train, validation, test = split_arrays(arrays, config.validation, config.test)
    return Dataset(
        train,
        validation,
        test,
        source,
        content_sha256(arrays),
        num_classes if names is None else len(names),
        names,
        first_label,
        data.notes,
    )


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
        name = "MNIST" if config.source == "mnist" else config.source
        warning = f"{error} Using {config.offline} instead: the numbers are not those of {name}."
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


def _read(
    config: DataConfig, source: str, cache: Path | None, progress: Progress | None
) -> SourceData:
    if source in NAMED_SOURCES:
        _check_keys(config, source, "image_shape")
        if source == "digits":
            return SourceData(read_digits())
        if source == "mnist":
            return SourceData(load_mnist(cache=cache, progress=progress))
        return load_published(source, cache=cache, progress=progress)
    if "://" in source and not os.path.lexists(source):
        raise InputError(
            f"data set {shorten(hide_credentials(source), _MAX_SHOWN)} is an address, expected a "
            f"path or one of {', '.join(NAMED_SOURCES)}",
            hint="download the file, and name its path",
        )
    path = expand_source_path(source)
    is_absent = not os.path.lexists(path) and path.parent.is_dir()
    if is_absent and path.name in find_idx_sets(path.parent):
        return _read_idx_set(config, source, path.parent, path.name)
    if not stat.S_ISDIR(file_mode(path, "data set", NAMED_SOURCES)):
        return SourceData(read_npz(path, config.keys, config.image_shape))
    if find_idx_sets(path) or not has_class_folders(path):
        return _read_idx_set(config, source, path, None)
    _check_keys(config, source)
    return read_image_folder(
        path,
        FolderCache(cache),
        classes=config.classes,
        image_shape=config.image_shape,
        progress=progress,
    )


def _read_idx_set(config: DataConfig, source: str, folder: Path, name: str | None) -> SourceData:
    """Return a set of IDX files in a folder; without a name, the only one."""
    _check_keys(config, source, "image_shape")
    sets = find_idx_sets(folder)
    if name is None:
        name = next(iter(sets), "") if len(sets) < 2 else ""
    if name not in sets and len(sets) > 1:
        raise InputError(
            f"{folder} has several data sets: {', '.join(sorted(sets))}",
            hint=f"choose one: `data.source: {folder / min(sets)}`",
        )
    arrays = read_idx(folder, sets.get(name, {}))
    return as_emnist(arrays, name) if name in EMNIST_SETS else SourceData(arrays)


def _check_keys(config: DataConfig, source: str, *others: str) -> None:
    """Reject keys that a source does not have: those of .npz files, and others."""
    defaults = {"keys": ArrayKeys(), **dict.fromkeys(others)}
    if given := [f"data.{key}" for key, value in defaults.items() if getattr(config, key) != value]:
        raise ConfigError(
            f"{' and '.join(given)} may only be set for an .npz file, not for {source}",
            hint="leave them out, or name an .npz file with `data.source`",
        )
