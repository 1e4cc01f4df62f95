"""Data sets that are downloaded once from their publishers, and checked by the published hashes."""

import hashlib
import os
import zipfile
from pathlib import Path
from typing import NamedTuple

from stnctl.data.dataset import Arrays, SourceData
from stnctl.data.sources.download import DownloadError, Progress, SourceUnavailable, download
from stnctl.data.sources.emnist import as_emnist
from stnctl.data.sources.idx_reader import parse_idx, read_idx_file
from stnctl.data.sources.mnist import keras_datasets
from stnctl.data.sources.usps_reader import read_usps_file
from stnctl.errors import InputError
from stnctl.storage.cache_folder import cache_folder

MIRROR_VARIABLE = "STNCTL_DATA_MIRROR"
"""Variable with the address of a copy: SET/FILE below it replaces the published address."""

IDX_NAMES = {
    "x_train": "train-images-idx3-ubyte.gz",
    "y_train": "train-labels-idx1-ubyte.gz",
    "x_test": "t10k-images-idx3-ubyte.gz",
    "y_test": "t10k-labels-idx1-ubyte.gz",
}
"""Name of an array -> name of its file."""

USPS_NAMES = {"train": "usps.bz2", "test": "usps.t.bz2"}
"""Name of a split -> name of its file."""

EMNIST_NAME = "gzip.zip"
"""Name of the file with all sets of EMNIST."""


class Publication(NamedTuple):
    """Files of a publisher.

    Attributes:
        url: Address of the folder of the files.
        md5: Name of a file -> its published MD5 hash.
        max_bytes: Maximum size of a file.
        keras_folder: Name of the folder in which Keras keeps the same files; None if it does not.
        class_names: Names of the classes; None for those of EMNIST.
    """

    url: str
    md5: dict[str, str]
    max_bytes: int = 64_000_000
    keras_folder: str | None = None
    class_names: tuple[str, ...] | None = None


PUBLICATIONS = {
    "fashion_mnist": Publication(
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets",
        {
            "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
            "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
            "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
            "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
        },
        keras_folder="fashion-mnist",
        class_names=(
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ),
    ),
    "kmnist": Publication(
        "https://codh.rois.ac.jp/kmnist/dataset/kmnist",
        {
            "train-images-idx3-ubyte.gz": "bdb82020997e1d708af4cf47b453dcf7",
            "train-labels-idx1-ubyte.gz": "e144d726b3acfaa3e44228e80efcd344",
            "t10k-images-idx3-ubyte.gz": "5c965bf0a639b31b8f53240b1b52f4d7",
            "t10k-labels-idx1-ubyte.gz": "7320c461ea6c1c855c0b718fb2a4b134",
        },
        class_names=("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
    ),
    "usps": Publication(
        "https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass",
        {
            "usps.bz2": "ec16c51db3855ca6c91edd34d0e9b197",
            "usps.t.bz2": "8ea070ee2aca1ac39742fdd1ef5ed118",
        },
    ),
    "emnist": Publication(
        "https://biometrics.nist.gov/cs_links/EMNIST",
        {EMNIST_NAME: "58c8d27c78d21e728a6bc7b3cc06412e"},
        max_bytes=700_000_000,
    ),
}
"""Publications by name. All sets of EMNIST are in one file."""


def load_published(
    name: str, *, cache: Path | None = None, progress: Progress | None = None
) -> SourceData:
    """Return a published data set.

    A copy in the cache, or in the folder of Keras, is used if its files have the published hashes.
    Otherwise, they are downloaded.

    Args:
        name: One of `stnctl.config.choices.PUBLISHED_SETS`.
        cache: The folder of downloads; None for `cache_folder`.
        progress: Called during a download.

    Raises:
        SourceUnavailable: If there is no valid copy, and a download fails.
        InputError: If a file with the published hash can't be read.
    """
    family, _, part = name.partition("emnist_")
    publication = "emnist" if part else family
    files = _files(publication, cache or cache_folder(), progress)
    if part:
        return _read_emnist(files[EMNIST_NAME], f"emnist-{part}")
    if name == "usps":
        (x_train, y_train), (x_test, y_test) = (
            read_usps_file(files[USPS_NAMES[split]]) for split in ("train", "test")
        )
        return SourceData(Arrays(x_train, y_train, x_test, y_test))
    arrays = {key: read_idx_file(files[file], key) for key, file in IDX_NAMES.items()}
    return SourceData(Arrays(**arrays), PUBLICATIONS[publication].class_names)


def _files(publication: str, cache: Path, progress: Progress | None) -> dict[str, Path]:
    """Return the files of a publication by name, which are downloaded if there is no valid copy."""
    found = PUBLICATIONS[publication]
    folders = [cache / publication]
    if found.keras_folder:
        folders.append(keras_datasets() / found.keras_folder)
    return {
        name: next((each / name for each in folders if _md5(each / name) == md5), None)
        or _download(publication, name, cache, progress)
        for name, md5 in found.md5.items()
    }


def _md5(path: Path) -> str | None:
    """Return the MD5 hash of a file; None if it can't be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, _new_md5).hexdigest()
    except OSError:
        return None


def _new_md5() -> "hashlib._Hash":
    return hashlib.md5(usedforsecurity=False)


def _download(publication: str, name: str, cache: Path, progress: Progress | None) -> Path:
    found, target = PUBLICATIONS[publication], cache / publication / name
    mirror = os.environ.get(MIRROR_VARIABLE)
    url = f"{mirror}/{publication}/{name}" if mirror else f"{found.url}/{name}"
    try:
        download(
            url,
            target,
            checksum=f"md5:{found.md5[name]}",
            max_bytes=found.max_bytes,
            progress=progress,
        )
    except DownloadError as error:
        raise SourceUnavailable(
            f"no valid copy of {publication} is on this machine: {error}. No file was changed.",
            hint=f"put {name} into {target.parent}, name the address of a copy in "
            f"${MIRROR_VARIABLE}, or name another data set with `--set data.source=PATH`",
        ) from error
    return target


def _read_emnist(path: Path, name: str) -> SourceData:
    """Return a set of EMNIST from the file with all sets."""
    arrays = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for key, file in IDX_NAMES.items():
                member = archive.getinfo(f"gzip/{name}-{file.replace('t10k', 'test')}")
                with archive.open(member) as stream:
                    where = f"{path}: {member.filename}"
                    arrays[key] = parse_idx(stream, member.file_size, where, key)
    except (OSError, KeyError, zipfile.BadZipFile, NotImplementedError) as error:
        raise InputError(f"{path} is not a readable file of EMNIST: {error}") from error
    return as_emnist(Arrays(**arrays), name)
