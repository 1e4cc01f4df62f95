import os

import pytest

from stnctl.errors import InputError
from stnctl.runs.metrics import append_metrics, read_epochs, read_metrics, times_of, truncate_after
from stnctl.storage.jsonl import read_rows

METRICS = [{"epoch": epoch, "step": 10 * epoch, "loss": 1 / epoch} for epoch in range(1, 4)]
TIMES = [{"epoch": epoch, "step": 10 * epoch, "seconds": epoch / 2} for epoch in range(1, 4)]


@pytest.fixture
def filled(run):
    for metrics_row, times_row in zip(METRICS, TIMES, strict=True):
        append_metrics(run, metrics_row, times_row)
    return run


def test_append_metrics_roundtrip(filled):
    assert read_metrics(filled) == METRICS
    assert read_rows(filled.times) == TIMES


def test_append_metrics_rejects_step(run):
    with pytest.raises(ValueError, match="a row needs an int 'step', got None"):
        append_metrics(run, {"step": 1}, {})
    assert not run.times.exists()
    assert not run.metrics.exists()


def test_read_epochs(filled):
    """The times of an epoch are found by its step; damaged ones are left out."""
    lines = filled.times.read_bytes().splitlines(keepends=True)
    filled.times.write_bytes(lines[2] + b"{\n" + lines[0])
    assert read_epochs(filled) == [
        {**METRICS[0], "seconds": 0.5}, METRICS[1], {**METRICS[2], "seconds": 1.5},
    ]  # fmt: skip


@pytest.mark.parametrize("damage", [b"x\n", b"[]\n", b'{"step": "1"}\n', None])
def test_read_epochs_without_times(filled, damage):
    filled.times.unlink()
    if damage:
        filled.times.write_bytes(damage)
    assert read_epochs(filled) == METRICS


def test_times_of():
    rows = [{"seconds": 8.0, "images_per_second": 10.0}, {"seconds": 2}, {"seconds": 3.0}, {}]
    expected = {"seconds": 13.0, "seconds_per_epoch": 3.0, "images_per_second": 10.0}
    assert times_of(rows) == expected


@pytest.mark.parametrize("value", [None, "1", True, -1.0, 10**400, [1], float("nan")])
def test_times_of_damaged_rows(value):
    keys = ("seconds", "seconds_per_epoch", "images_per_second")
    assert times_of([{"seconds": value}, {"images_per_second": value}]) == dict.fromkeys(keys)


def test_read_metrics_missing(run):
    assert read_metrics(run) == []


def test_read_metrics_rejects_damaged_line(filled):
    filled.metrics.write_bytes(b'{"step": 10}\n{"step": 2\n{"step": 30}\n')
    with pytest.raises(InputError, match=r"metrics\.jsonl:2 is not valid JSON"):
        read_metrics(filled)


def test_truncate_after_preset(filled):
    truncate_after(filled, 20)
    assert read_metrics(filled) == METRICS[:2]
    assert read_rows(filled.times) == TIMES[:2]


def test_truncate_after_missing(run):
    truncate_after(run, 5)
    assert not run.metrics.exists()
    assert not run.times.exists()


def test_truncate_after_leaves_no_duplicate_rows(filled):
    """The process was killed after the rows of step 30 and before its checkpoint was saved."""
    before = filled.metrics.read_bytes(), filled.times.read_bytes()
    truncate_after(filled, 20)
    append_metrics(filled, METRICS[-1], TIMES[-1])
    assert (filled.metrics.read_bytes(), filled.times.read_bytes()) == before


def test_read_metrics_truncated_at_every_byte(filled):
    """A truncated last row is not read, and a resume ends with the same file."""
    complete = filled.metrics.read_bytes()
    start = complete.rindex(b"\n", 0, -1) + 1
    for length in range(start, len(complete)):
        filled.metrics.write_bytes(complete[:length])
        assert read_metrics(filled) == METRICS[:-1]
        append_metrics(filled, METRICS[-1], TIMES[-1])
        assert filled.metrics.read_bytes() == complete

        filled.metrics.write_bytes(complete[:length])
        truncate_after(filled, METRICS[-2]["step"])
        assert filled.metrics.read_bytes() == complete[:start]
        append_metrics(filled, METRICS[-1], TIMES[-1])
        assert filled.metrics.read_bytes() == complete


def test_truncate_after_rejects_damaged_metrics(filled):
    filled.metrics.write_bytes(b"[10]\n")
    with pytest.raises(InputError, match=r"metrics\.jsonl:1 must hold a JSON object"):
        truncate_after(filled, 20)
    assert filled.metrics.read_bytes() == b"[10]\n"


def test_truncate_after_drops_damaged_times(filled):
    filled.times.write_bytes(b'{"step": 10}\n{"step": 1\n{"step": 20}\n')
    truncate_after(filled, 20)
    assert filled.times.read_bytes() == b'{"step": 10}\n{"step": 20}\n'
    assert read_metrics(filled) == METRICS[:2]


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("elsewhere")])
def test_truncate_after_replaces_times_of_other_kind(filled, make):
    filled.times.unlink()
    make(filled.times)
    truncate_after(filled, 99)
    assert filled.times.read_bytes() == b""
    assert not filled.times.is_symlink()
    assert not (filled.path / "elsewhere").exists()
    assert read_metrics(filled) == METRICS
