"""Reader of the text of YAML files, with helpful errors for a wrong path."""

import os
from pathlib import Path

from stnctl.config.shipped import CONFIGS, SHIPPED_HINT, SUFFIX, shipped_names
from stnctl.config.strict_yaml import MAX_BYTES, YamlError, check_size, end_of
from stnctl.errors import ConfigError, nearest
from stnctl.storage.regular_file import RejectedFileError, open_regular_file


def read_text(path: Path) -> str:
    """Return the text of a regular file of at most `MAX_BYTES` of UTF-8.

    Raises:
        ConfigError: If the file can't be read, is too long or is not UTF-8. If no such file exists
            in the folder, the hint lists the YAML files of the folder.
    """
    return _decode(_read(path), path)


def read_run_text(path: Path) -> str:
    """Return the text of a file of a run as `read_text` does, but reject a link.

    Raises:
        ConfigError: If `read_text` raises one, or the file is a link.
    """
    return _decode(_read(path, follow_links=False), path)


def _read(path: Path, *, follow_links: bool = True) -> bytes:
    """Return the first ``MAX_BYTES + 1`` bytes of a regular file."""
    try:
        descriptor = open_regular_file(path, follow_links=follow_links)
        with os.fdopen(descriptor, "rb") as file:
            return file.read(MAX_BYTES + 1)
    except RejectedFileError as error:
        raise _rejected(path, error) from error
    except FileNotFoundError as error:
        raise _not_found(path) from error
    except OSError as error:
        raise ConfigError(f"{path}: can't be read: {error.strerror}") from error


def _decode(content: bytes, path: Path) -> str:
    check_size(len(content), where=str(path))
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = end_of(content[: error.start].decode("utf-8"))
        problem = f"the byte 0x{content[error.start]:02x} is not UTF-8, save the file as UTF-8"
        raise YamlError(str(path), line, column, problem) from error


def _rejected(path: Path, error: RejectedFileError) -> ConfigError:
    if error.kind == "symbolic link":
        return ConfigError(f"{path}: is a symbolic link, not a file of the run")
    if error.kind == "folder":
        message = f"{path}: is a folder, expected a YAML file"
        return ConfigError(message, hint=_list_files(path))
    return ConfigError(f"{path}: is not a regular file, expected a YAML file")


def _not_found(path: Path) -> ConfigError:
    """Return the error, with the nearest name of a file beside it or of a shipped config."""
    known = (
        {name: name for name in shipped_names()}
        | {file.stem: str(file) for file in _yaml_files(Path(CONFIGS))}
        | {file.stem: file.name for file in _yaml_files(path.parent)}
    )
    near = nearest(path.stem, known)
    suggestion = f", did you mean {known[near]}?" if near else ""
    if not path.parent.is_dir():
        message = f"{path}: the folder {path.parent} does not exist"
        return ConfigError(message + suggestion, hint=SHIPPED_HINT)
    files = _list_files(path.parent)
    return ConfigError(f"{path}: no such file{suggestion}", hint=f"{files}; {SHIPPED_HINT}")


def _yaml_files(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{SUFFIX}"))


def _list_files(folder: Path) -> str:
    names = [file.name for file in _yaml_files(folder)]
    return f"the YAML files in {folder}: {', '.join(names) if names else 'none'}"
