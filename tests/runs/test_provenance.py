import os
from datetime import UTC, datetime

import pytest

from stnctl.errors import EnvironmentFault, InputError
from stnctl.runs.provenance import DataRecord, first_record, read_record, record_event
from stnctl.storage.json_files import MAX_BYTES, readable_json, write_json


def test_first_record_roundtrip(run):
    before = datetime.now(UTC).replace(microsecond=0)
    record = first_record(
        "x",
        argv=["stnctl", "train", "caf\udcff.yaml"],
        seed=3,
        data=DataRecord("digits", "ab" * 32, "mnist can't be downloaded"),
        environment={"python": "3.11"},
    )
    write_json(run.run, record)
    assert read_record(run) == record
    started = record.pop("started")
    assert before <= datetime.fromisoformat(started) <= datetime.now(UTC)
    assert started.endswith("Z")
    assert record == {
        "schema_version": 1,
        "name": "x",
        "argv": ["stnctl", "train", "caf\udcff.yaml"],
        "seed": 3,
        "data": {
            "source": "digits",
            "sha256": "ab" * 32,
            "warning": "mnist can't be downloaded",
            "mark": None,
        },
        "environment": {"python": "3.11"},
        "events": [{"event": "start", "at": started}],
    }


def record_of(**changes):
    data = DataRecord("digits", "00")
    return first_record("x", **{"argv": [], "seed": 0, "data": data, "environment": {}, **changes})


def test_first_record_truncates_long_command_line():
    argv = ["stnctl", "x" * 5000, *["-s", "seed=0"] * 50_000]
    found = record_of(argv=argv)["argv"]
    assert found[:4] == ["stnctl", f"{'x' * 4096}...", "-s", "seed=0"]
    assert found[-1] == "..."
    assert len(found) == 41


def test_first_record_is_readable_for_any_command_line():
    """JSON writes each of these characters as twelve bytes."""
    record = record_of(argv=["\U0001f600" * 10_000] * 10_000)
    assert 2 <= len(record["argv"]) < 41
    assert len(readable_json(record)) < MAX_BYTES / 2


def test_first_record_hides_passwords():
    argv = ["train", "--set", "data.source=https://me:secret@host/a.npz?token=secret"]
    assert record_of(argv=argv)["argv"][2] == "data.source=https://***@host/a.npz?***"


def test_record_event_keeps_first_and_last(run, monkeypatch):
    monkeypatch.setattr("stnctl.runs.provenance.MAX_EVENTS", 4)
    for step in range(6):
        record_event(run, "resume", step=step)
    events = read_record(run)["events"]
    assert [event.get("step") for event in events] == [None, 3, 4, 5]


def test_record_event_preset(run):
    write_json(run.run, {**read_record(run), "unknown": 1})
    before = read_record(run)
    record_event(run, "interrupted", step=40)
    record_event(run, "resume", step=40)
    record_event(run, "end")
    after = read_record(run)
    events = after.pop("events")
    assert [{key: event[key] for key in event if key != "at"} for event in events] == [
        {"event": "start"},
        {"event": "interrupted", "step": 40},
        {"event": "resume", "step": 40},
        {"event": "end"},
    ]
    assert all(datetime.fromisoformat(event["at"]).tzinfo == UTC for event in events)
    assert after == {key: before[key] for key in before if key != "events"}


def test_record_event_unwritable(run, monkeypatch):
    before = run.run.read_bytes()

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(EnvironmentFault, match=r"run\.json: No space left"):
        record_event(run, "end")
    assert run.run.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema_version": 2}, "schema_version 1, got 2"),
        ({"schema_version": None}, "schema_version 1, got None"),
        ({"started": None}, "a time with zone as 'started', got None"),
        ({"started": "yesterday"}, "a time with zone as 'started', got 'yesterday'"),
        ({"started": "2026-11-23T10:15:02"}, "a time with zone"),
        ({"events": None}, "a list of 'events' .*, got None"),
        ({"environment": None}, "an 'environment', got None"),
        ({"data": None}, "'data' with 'source' and 'sha256', got None"),
        ({"data": {"source": 3, "sha256": "0"}}, "'data' with 'source' and 'sha256'"),
        ({"data": {"source": "\x1b[2J", "sha256": "0"}}, r"'data' with .*'\\x1b\[2J'"),
        ({"data": {"source": "a\u2028b", "sha256": "0"}}, "'data' with 'source' and 'sha256'"),
        ({"data": {"source": "a", "sha256": "\n"}}, "'data' with 'source' and 'sha256'"),
        ({"environment": {"backend": "\x9b"}}, "an 'environment', got"),
        ({"environment": {"backend": 3}}, "an 'environment', got"),
        ({"started": "x" * 1000}, "a time with zone as 'started', got 'x{98}…x{98}'$"),
        *(
            ({"events": events}, "a list of 'events' with 'event' and 'at'")
            for events in (
                {},
                [],
                [1],
                [{}],
                [{"event": "end"}],
                [{"event": 1, "at": "2026-11-23T10:15:02Z"}],
                [{"event": "\x1b", "at": "2026-11-23T10:15:02Z"}],
                [{"event": "end", "at": "now"}],
            )
        ),
    ],
)
def test_read_record_rejects(run, change, message):
    write_json(run.run, {**read_record(run), **change})
    with pytest.raises(InputError, match=rf"x/run\.json must have {message}"):
        read_record(run)


@pytest.mark.parametrize("length", [0, 1, 50, -2])
def test_read_record_rejects_truncated(run, length):
    run.run.write_bytes(run.run.read_bytes()[:length])
    with pytest.raises(InputError, match=r"x/run\.json is not valid JSON"):
        read_record(run)


def test_read_record_rejects_missing(run):
    run.run.unlink()
    with pytest.raises(InputError, match=r"x/run\.json does not exist"):
        read_record(run)


def test_first_record_rejects_control_characters():
    with pytest.raises(InputError, match=r"control characters, got 'a\\x1b\[2J\.npz'"):
        record_of(data=DataRecord("a\x1b[2J.npz", "00"))


def test_read_record_accepts_names_that_are_not_utf8(run):
    data = DataRecord("caf\udce9 {x} %s.npz", "00")
    write_json(run.run, record_of(data=data))
    assert read_record(run)["data"]["source"] == data.source


def test_record_event_without_room(run):
    record = read_record(run)
    room = MAX_BYTES - len(readable_json({**record, "unknown": ""}))
    write_json(run.run, {**record, "unknown": "x" * room})
    before = run.run.read_bytes()
    with pytest.raises(InputError, match=r"run\.json has no room for another event"):
        record_event(run, "resume")
    assert run.run.read_bytes() == before
