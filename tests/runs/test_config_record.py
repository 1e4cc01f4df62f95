"""Record of the configuration in run.json."""

from stnctl.config.dump import config_bytes
from stnctl.config.fingerprint import fingerprint
from stnctl.config.load import parse_config
from stnctl.runs.config_record import CONFIG, config_record, fingerprint_of

CONFIGS = [parse_config(text, where="x") for text in ("seed: 1", "seed: 2")]


def test_the_record_is_used(run):
    run.config.write_bytes(config_bytes(CONFIGS[0]))
    record = config_record(CONFIGS[0]) | {"fingerprint": "ab"}
    assert fingerprint_of(run, {CONFIG: record}) == "ab"


def test_a_changed_file_is_read(run):
    run.config.write_bytes(config_bytes(CONFIGS[1]))
    record = {CONFIG: config_record(CONFIGS[0])}
    assert fingerprint_of(run, record) == fingerprint(CONFIGS[1])


def test_an_old_or_invalid_record(run):
    run.config.write_bytes(config_bytes(CONFIGS[0]))
    for record in ({}, {CONFIG: 3}, {CONFIG: {"sha256": 1, "fingerprint": "ab"}}):
        assert fingerprint_of(run, record) == fingerprint(CONFIGS[0])
