import json
import os

import numpy as np
import pytest

from stnctl.errors import InputError
from stnctl.runs.metrics import (
    append_metrics,
    append_times,
    read_metrics,
    read_times,
    truncate_after,
)

ROWS = [
    {"epoch": epoch, "step": 10 * epoch, "loss": 1 / epoch, "note": "é"} for epoch in range(1, 4)
]


@pytest.fixture
def filled(run):
    for row in ROWS:
        append_metrics(run, row)
    return run


def test_append_row_roundtrip(filled):
    assert read_metrics(filled) == ROWS
    assert filled.metrics.read_bytes().count(b"\n") == 3


@pytest.mark.parametrize("value", [float("nan"), float("inf"), np.float32("nan"), -np.inf])
def test_append_row_not_finite(run, value):
    append_metrics(run, {"step": 1, "loss": value, "theta": {"drift": [value, 1.5]}})
    assert read_metrics(run) == [{"step": 1, "loss": None, "theta": {"drift": [None, 1.5]}}]


def test_append_row_numpy_scalars(run):
    append_metrics(run, {"step": np.int64(3), "loss": np.float32(0.5), "good": np.bool_(True)})
    assert read_metrics(run) == [{"step": 3, "loss": 0.5, "good": True}]


@pytest.mark.parametrize("row", [{}, {"step": None}, {"step": 1.0}, {"step": True}, {"step": "1"}])
def test_append_row_rejects(run, row):
    with pytest.raises(ValueError, match="a row needs an int 'step', got"):
        append_metrics(run, row)
    assert not run.metrics.exists()


def test_append_row_order(run, monkeypatch):
    synced = []
    real_fsync = os.fsync

    def spy(descriptor):
        synced.append((os.fstat(descriptor).st_ino, run.metrics.read_bytes()))
        real_fsync(descriptor)

    monkeypatch.setattr(os, "fsync", spy)
    append_metrics(run, {"step": 1})
    places = [run.metrics.stat().st_ino, run.path.stat().st_ino]
    assert synced == [(place, b'{"step": 1}\n') for place in places]


def test_append_row_full_disk(run, run_python):
    output = run_python(
        """
        import resource, sys
        from pathlib import Path
        from stnctl.errors import EnvironmentFault
        from stnctl.runs.directory import RunDirectory
        from stnctl.runs.metrics import append_metrics as append_row
        from stnctl.runs.metrics import read_metrics as read_rows

        run = RunDirectory(Path(sys.argv[1]))
        append_row(run, {"step": 1})
        resource.setrlimit(resource.RLIMIT_FSIZE, (30, 30))
        try:
            append_row(run, {"step": 2, "note": "x" * 50})
        except EnvironmentFault as fault:
            print(fault)
        print(run.metrics.read_bytes())
        append_row(run, {"step": 3})
        """,
        run.path,
    )
    assert "metrics.jsonl: File too large" in output
    assert "the earlier rows are unchanged" in output
    assert r"""b'{"step": 1}\n'""" in output
    assert run.metrics.read_bytes() == b'{"step": 1}\n{"step": 3}\n'


def test_append_row_rejects_link(run, tmp_path):
    run.metrics.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match=r"metrics\.jsonl is a symbolic link"):
        append_metrics(run, {"step": 1})
    assert not (tmp_path / "elsewhere").exists()


def test_read_rows_missing(run):
    assert read_metrics(run) == []


def test_metrics_torn_at_every_byte(filled):
    """Wherever the last row is cut: it is not read, and a resume ends with the same file."""
    whole = filled.metrics.read_bytes()
    start = whole.rindex(b"\n", 0, -1) + 1
    for length in range(start, len(whole)):
        filled.metrics.write_bytes(whole[:length])
        assert read_metrics(filled) == ROWS[:-1]
        append_metrics(filled, ROWS[-1])
        assert filled.metrics.read_bytes() == whole

        filled.metrics.write_bytes(whole[:length])
        truncate_after(filled, ROWS[-2]["step"])
        assert filled.metrics.read_bytes() == whole[:start]
        append_metrics(filled, ROWS[-1])
        assert filled.metrics.read_bytes() == whole


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"step": 20, "lo', "is not valid JSON"),
        (b"", "is not valid JSON"),
        (b"\0\0\0", "is not valid JSON"),
        (b'{"step": 20, "loss": NaN}', "NaN is not a finite number"),
        (b"[20]", "must hold a JSON object, got list"),
        (b'{"epoch": 2}', "must hold an int 'step', got None"),
    ],
)
@pytest.mark.parametrize("function", [read_metrics, lambda run: truncate_after(run, 99)])
def test_read_rows_rejects_damaged_line(filled, function, line, message):
    lines = filled.metrics.read_bytes().split(b"\n")
    lines[1] = line
    filled.metrics.write_bytes(b"\n".join(lines))
    with pytest.raises(InputError, match=f"metrics.jsonl:2 .*{message}"):
        function(filled)
    assert filled.metrics.read_bytes() == b"\n".join(lines)


@pytest.mark.parametrize(("step", "num_rows"), [(0, 0), (9, 0), (10, 1), (29, 2), (30, 3), (99, 3)])
def test_keep_until_preset(filled, step, num_rows):
    whole = filled.metrics.read_bytes().splitlines(keepends=True)
    truncate_after(filled, step)
    assert filled.metrics.read_bytes() == b"".join(whole[:num_rows])


def test_keep_until_resume_has_no_doubles(filled):
    """Killed after the row of step 30 and before its commit: the row is written again, once."""
    whole = filled.metrics.read_bytes()
    truncate_after(filled, 20)
    append_metrics(filled, ROWS[-1])
    assert filled.metrics.read_bytes() == whole
    assert [json.loads(line)["epoch"] for line in whole.splitlines()] == [1, 2, 3]


def test_keep_until_missing(run):
    truncate_after(run, 5)
    assert not run.metrics.exists()


def test_append_row_rejects_pipe_without_waiting(run):
    os.mkfifo(run.metrics)
    with pytest.raises(InputError, match=r"metrics\.jsonl is not a regular file"):
        append_metrics(run, {"step": 1})


def test_append_times_roundtrip(filled):
    metrics = filled.metrics.read_bytes()
    rows = [{"step": step, "seconds": 0.5 * step} for step in (10, 20, 30)]
    for row in rows:
        append_times(filled, row)
    assert read_times(filled) == rows
    assert filled.metrics.read_bytes() == metrics

    truncate_after(filled, 20)
    assert read_times(filled) == rows[:2]
    assert read_metrics(filled) == ROWS[:2]


def test_read_times_missing(run):
    assert read_times(run) == []


@pytest.mark.parametrize("line", [b"", b"\0\0", b'{"step": 1.5}', b"[1]", b'{"step": 20, "se'])
def test_read_times_leaves_out_damaged_lines(filled, line):
    filled.times.write_bytes(b'{"step": 10}\n' + line + b'\n{"step": 30}\n{"step": 3')
    assert read_times(filled) == [{"step": 10}, {"step": 30}]
    truncate_after(filled, 20)
    assert filled.times.read_bytes() == b'{"step": 10}\n'


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("elsewhere")])
def test_keep_until_replaces_times_that_are_no_file(filled, make):
    make(filled.times)
    assert read_times(filled) == []
    truncate_after(filled, 99)
    assert filled.times.read_bytes() == b""
    assert not filled.times.is_symlink()
    assert not (filled.path / "elsewhere").exists()
    assert read_metrics(filled) == ROWS
