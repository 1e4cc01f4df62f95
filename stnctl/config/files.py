"""Reading the text of a YAML file, with all that can be wrong with a path."""

from pathlib import Path

from stnctl.config.strict_yaml import MAX_BYTES, YamlError, check_size, end_of
from stnctl.errors import ConfigError, did_you_mean


def read_text(path: Path) -> str:
    """Return the text of a file of at most `MAX_BYTES` of UTF-8.

    Raises:
        ConfigError: If there is no such file, or if it can't be read. The hint lists its
            neighbors.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise _not_found(path) from error
    except IsADirectoryError as error:
        message = f"{path}: is a folder, expected a YAML file"
        raise ConfigError(message, hint=_list_files(path)) from error
    except OSError as error:
        raise ConfigError(f"{path}: can't be read: {error.strerror}") from error
    check_size(len(content), where=str(path))
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = end_of(content[: error.start].decode("utf-8"))
        problem = f"the byte 0x{content[error.start]:02x} is not UTF-8, save the file as UTF-8"
        raise YamlError(str(path), line, column, problem) from error


def _not_found(path: Path) -> ConfigError:
    wanted = f"{path.stem}.yaml"
    siblings = [file.name for file in path.parent.glob("*.yaml")]
    shipped = [str(file) for file in Path("configs").glob("*.yaml")]
    suggestion = did_you_mean(wanted, siblings) or did_you_mean(f"configs/{wanted}", shipped)
    return ConfigError(f"{path}: no such file{suggestion}", hint=_list_files(path.parent))


def _list_files(folder: Path) -> str:
    names = sorted(file.name for file in folder.glob("*.yaml"))
    return f"the YAML files in {folder}: {', '.join(names) if names else 'none'}"
