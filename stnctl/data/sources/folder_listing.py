"""Listing of a folder with a folder of images for each class."""

import itertools
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from stnctl.config.choices import SPLITS
from stnctl.config.data_section import CLASS_NAME, MAX_CLASSES
from stnctl.data.sources.array_checks import MAX_EXAMPLES
from stnctl.errors import ConfigError, ConfigProblem, EnvironmentFault, InputError, did_you_mean

SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".dib", ".gif", ".tif", ".tiff", ".webp"}
    | {".ppm", ".pgm", ".pbm", ".pnm"}
)
"""Suffixes of image files, in lower case."""

SPLIT_FOLDERS = {
    "train": ("train", "training"),
    "validation": ("validation", "valid", "val"),
    "test": ("test", "testing"),
}
"""Name of a split -> names of its folder."""

_IGNORED = frozenset({"__MACOSX"})
"""Folders that programs leave behind."""


@dataclass(frozen=True)
class ListedFile:
    """Image file of a class.

    Attributes:
        path: Path relative to the folder of the data set.
        label: Label of its class.
        status: Size in bytes, and times of the last changes of content and inode, in nanoseconds.
    """

    path: str
    label: int
    status: tuple[int, int, int]


@dataclass(frozen=True)
class Listing:
    """Image files of a folder.

    Attributes:
        classes: Names of the classes, in the order of the labels.
        files: Name of a split -> its files, in the order of their paths. A folder without folders
            of splits has only "train".
        notes: Texts for the user about files that are not read.
    """

    classes: tuple[str, ...]
    files: dict[str, list[ListedFile]]
    notes: tuple[str, ...]


def list_folder(folder: Path, classes: Sequence[str] | None = None) -> Listing:
    """List the image files of a folder.

    The folder has a folder for each class, or folders ``train``, ``test`` and ``validation`` that
    do. The images of a class may be in further folders. Names that begin with a dot are ignored, as
    are files without one of `SUFFIXES`.

    Args:
        folder: The folder.
        classes: Names of the classes to read, in the order of their labels; None for all of the
            training set, sorted by name.

    Raises:
        ConfigError: If a class in ``classes`` has no folder.
        InputError: If there are fewer than two classes, a class has no image in the training set, a
            class of another split is not in the training set, a name is not valid, or a link leads
            out of the folder.
        EnvironmentFault: If there is no permission to read a folder.
    """
    splits = _split_folders(folder) or {"train": folder}
    found = {split: _class_folders(path) for split, path in splits.items()}
    names = tuple(classes or found["train"])
    _check_classes(folder, splits, found, names, chosen=classes is not None)
    files: dict[str, list[ListedFile]] = {}
    others: list[str] = []
    for split in (name for name in SPLITS if name in splits):
        files[split] = []
        for label, name in enumerate(names):
            if name not in found[split]:
                continue
            listed = list(_files(folder, splits[split] / name, label, others))
            if not listed and split == "train":
                raise InputError(
                    f"{splits[split] / name} has no image, expected a file named *.png, *.jpg or "
                    "similar",
                    hint="remove the folder, or choose the classes with `data.classes`",
                )
            files[split] += listed
            if len(files[split]) > MAX_EXAMPLES:
                raise InputError(f"{folder} has more than {MAX_EXAMPLES:,} images")
        if not files[split]:
            raise InputError(f"{splits[split]} has no image of a class", hint="remove the folder")
    return Listing(names, files, _notes(others))


def has_class_folders(folder: Path) -> bool:
    """Return whether a folder has other folders, as a data set of images does."""
    return bool(_folders(folder))


def _split_folders(folder: Path) -> dict[str, Path]:
    """Return the folders of the splits; {} unless the training set has folders of classes."""
    names = {name.lower(): name for name in _folders(folder)}
    found = {}
    for split, choices in SPLIT_FOLDERS.items():
        if chosen := next((names[choice] for choice in choices if choice in names), None):
            found[split] = folder / chosen
    is_split = "train" in found and _folders(found["train"])
    return found if is_split else {}


def _class_folders(folder: Path) -> list[str]:
    names = _folders(folder)
    for name in names:
        is_utf8 = name.encode(errors="ignore").decode() == name
        if not (is_utf8 and re.fullmatch(CLASS_NAME, name)):
            raise InputError(
                f"{folder / name}: expected the name of a class, a text of at most 100 characters, "
                "without control characters",
                hint="rename the folder",
            )
    return names


def _folders(folder: Path) -> list[str]:
    """Return the names of the visible folders in a folder, sorted."""
    try:
        with os.scandir(folder) as entries:
            found = [each for each in entries if not _is_hidden(each.name) and each.is_dir()]
    except OSError as error:
        raise EnvironmentFault(f"can't read the folder {folder}: {error.strerror}") from error
    for each in found:
        if each.is_symlink():
            raise InputError(
                f"{each.path} is a link, expected a folder of images",
                hint="replace the link by the folder",
            )
    return sorted(each.name for each in found)


def _check_classes(
    folder: Path,
    splits: dict[str, Path],
    found: dict[str, list[str]],
    names: Sequence[str],
    *,
    chosen: bool,
) -> None:
    train = splits["train"]
    for name in names:
        if name not in found["train"]:
            near = did_you_mean(name, found["train"])
            problem = f"expected the name of a folder in {train}{near}"
            raise ConfigError(ConfigProblem(problem, got=name, path="data.classes"))
    if not 2 <= len(names) <= MAX_CLASSES:
        raise InputError(
            f"{train} has {len(names)} folders of classes, expected 2 to {MAX_CLASSES}",
            hint="name a folder that has a folder of images for each class, or folders train and "
            "test that do",
        )
    for split, of_split in found.items():
        unknown = next((name for name in of_split if name not in names), None)
        if unknown is not None and not chosen:
            near = did_you_mean(unknown, names)
            raise InputError(
                f"{splits[split] / unknown} is no class of the training set{near}",
                hint=f"the classes are the folders in {train}",
            )


def _files(root: Path, folder: Path, label: int, others: list[str]) -> Iterator[ListedFile]:
    """Yield the image files of a class, in the order of their paths.

    Args:
        root: The folder of the data set.
        folder: The folder of the class.
        label: Label of the class.
        others: List to which the paths of files are appended that are no image files.
    """

    def fail(error: OSError) -> None:
        raise EnvironmentFault(f"can't read the folder {folder}: {error.strerror}") from error

    inside = root.resolve()
    for place, folders, names in os.walk(folder, onerror=fail):
        folders[:] = sorted(name for name in folders if not _is_hidden(name))
        links = [name for name in folders if Path(place, name).is_symlink()]
        for name in sorted(name for name in names + links if not _is_hidden(name)):
            path = Path(place, name)
            relative = str(path.relative_to(root))
            if path.suffix.lower() in SUFFIXES:
                yield ListedFile(relative, label, _status(path, inside))
            else:
                others.append(relative)


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name in _IGNORED


def _status(path: Path, inside: Path) -> tuple[int, int, int]:
    """Return the status of a file, and reject a link out of the data set."""
    try:
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            if not path.resolve().is_relative_to(inside):
                raise InputError(
                    f"image {path} is a link out of the data set",
                    hint="replace the link by a copy of the file",
                )
            status = path.stat()
    except FileNotFoundError as error:
        raise InputError(f"image {path} is a link to a file that does not exist") from error
    except OSError as error:
        raise EnvironmentFault(f"can't read image {path}: {error.strerror}") from error
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _notes(others: Sequence[str]) -> tuple[str, ...]:
    if not others:
        return ()
    shown = ", ".join(itertools.islice(others, 3))
    files = "1 file is" if len(others) == 1 else f"{len(others):,} files are"
    return (f"{files} ignored, as the names are not those of images: {shown}",)
