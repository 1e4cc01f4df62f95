"""Files with which a user starts: copies of shipped configs, and the schemas for editors."""

from collections.abc import Sequence

from stnctl.config.extends import read_chain
from stnctl.config.shipped import CONFIGS, FOLDER, SCHEMAS, SUFFIX, read_shipped, shipped_file


def starter_files(names: Sequence[str]) -> dict[str, bytes]:
    """Return the path of each file -> its content: the configs, and the files that they need.

    The paths are those of the repository, so that the configs find each other and the schemas.

    Args:
        names: Names of shipped configs. Their paths are first, and the schemas are last.

    Raises:
        UsageError: If a name is unknown.
    """
    configs = {name: read_shipped(name) for name in names}
    for name in names:
        for file, _ in read_chain(shipped_file(name))[1:]:
            configs.setdefault(file.path.stem, file.path.read_bytes())
    files = {f"{CONFIGS}/{name}{SUFFIX}": content for name, content in configs.items()}
    schemas = {name: (FOLDER / name).read_bytes() for name in SCHEMAS}
    return files | schemas
