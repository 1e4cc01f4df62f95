"""Fingerprint of a config: two configs have the same one if they give the same bits."""

import hashlib
import json

from stnctl.config.schema import Config
from stnctl.config.section import Section
from stnctl.config.short_form import short_data

FREE_KEYS = (
    "name",
    "limits",
    "data.offline",
    "train.checkpoint_every",
    "train.report",
    "train.sinks",
    "train.snapshots",
)
"""Keys that change no bit of a training."""

_LENGTH = 32


def fingerprint(config: Config) -> str:
    """Return the fingerprint of a config: the first 32 digits (hex) of a SHA-256.

    It depends on the keys that differ from their defaults, so it stays the same in a later version
    that adds keys.
    """
    data = short_data(config)
    for key in FREE_KEYS:
        section, _, name = key.rpartition(".")
        (data.get(section, {}) if section else data).pop(name, None)
    text = json.dumps({name: value for name, value in data.items() if value != {}}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]


def short_key(section: Section) -> str:
    """Return a text that is equal for equal sections."""
    return json.dumps(short_data(section), sort_keys=True)
