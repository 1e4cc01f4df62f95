"""Record of the configuration in run.json, by which a run is found without parsing its YAML."""

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stnctl.config.strict_yaml import MAX_BYTES
from stnctl.runs.directory import RunDirectory
from stnctl.storage.regular_file import read_regular_file

if TYPE_CHECKING:
    from stnctl.config.schema import Config

CONFIG = "config"
"""Key of run.json with the record. Old runs have no such key."""


def config_record(config: "Config") -> dict[str, str]:
    """Return the hash of the config.yaml of a run, and the fingerprint of its configuration."""
    from stnctl.config.dump import config_bytes
    from stnctl.config.fingerprint import fingerprint

    return {"sha256": _sha256(config_bytes(config)), "fingerprint": fingerprint(config)}


def fingerprint_of(run: RunDirectory, record: Mapping[str, Any]) -> str:
    """Return the fingerprint of the configuration of a run.

    It is read from run.json. It is computed from config.yaml if this file has changed since then,
    or if the run is of an old version.

    Args:
        run: The run.
        record: Its run.json, from `read_record`.

    Raises:
        StnctlError: If config.yaml can't be read.
    """
    match record.get(CONFIG):
        case {"sha256": str(sha256), "fingerprint": str(mark)}:
            if sha256 == _sha256(read_regular_file(run.config, MAX_BYTES)):
                return mark
    from stnctl.config.fingerprint import fingerprint
    from stnctl.config.load import load_resolved

    return fingerprint(load_resolved(run.config))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
