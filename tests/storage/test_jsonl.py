import os

import numpy as np
import pytest

from stnctl.errors import InputError
from stnctl.storage.jsonl import append_row, read_rows, truncate_after

ROWS = [
    {"epoch": epoch, "step": 10 * epoch, "loss": 1 / epoch, "note": "é"} for epoch in range(1, 4)
]
DAMAGED_LINES = [
    (b'{"step": 20, "lo', "is not valid JSON"),
    (b"", "is not valid JSON"),
    (b"\0\0\0", "is not valid JSON"),
    (b'{"step": 20, "loss": NaN}', "NaN is not a finite number"),
    (b"[20]", "must hold a JSON object, got list"),
    (b'{"epoch": 2}', "must hold an int 'step', got None"),
    (b'{"step": 1.5}', "must hold an int 'step', got 1.5"),
]


@pytest.fixture
def empty(tmp_path):
    return tmp_path / "rows.jsonl"


@pytest.fixture
def path(empty):
    for row in ROWS:
        append_row(empty, row)
    return empty


def test_append_row_roundtrip(path):
    assert read_rows(path) == ROWS
    assert path.read_bytes().count(b"\n") == 3


@pytest.mark.parametrize("value", [float("nan"), float("inf"), np.float32("nan"), -np.inf])
def test_append_row_not_finite(empty, value):
    append_row(empty, {"step": 1, "loss": value, "theta": {"drift": [value, 1.5]}})
    assert read_rows(empty) == [{"step": 1, "loss": None, "theta": {"drift": [None, 1.5]}}]


def test_append_row_numpy_scalars(empty):
    append_row(empty, {"step": np.int64(3), "loss": np.float32(0.5), "good": np.bool_(True)})
    assert read_rows(empty) == [{"step": 3, "loss": 0.5, "good": True}]


@pytest.mark.parametrize("row", [{}, {"step": None}, {"step": 1.0}, {"step": True}, {"step": "1"}])
def test_append_row_rejects_step(empty, row):
    with pytest.raises(ValueError, match="a row needs an int 'step', got"):
        append_row(empty, row)
    assert not empty.exists()


def test_append_row_order(empty, monkeypatch):
    synced = []
    real_fsync = os.fsync

    def spy(descriptor):
        synced.append((os.fstat(descriptor).st_ino, empty.read_bytes()))
        real_fsync(descriptor)

    monkeypatch.setattr(os, "fsync", spy)
    append_row(empty, {"step": 1})
    places = [empty.stat().st_ino, empty.parent.stat().st_ino]
    assert synced == [(place, b'{"step": 1}\n') for place in places]


def test_append_row_full_disk(empty, run_python):
    output = run_python(
        """
        import resource, sys
        from pathlib import Path
        from stnctl.errors import EnvironmentFault
        from stnctl.storage.jsonl import append_row

        path = Path(sys.argv[1])
        append_row(path, {"step": 1})
        resource.setrlimit(resource.RLIMIT_FSIZE, (30, 30))
        try:
            append_row(path, {"step": 2, "note": "x" * 50})
        except EnvironmentFault as fault:
            print(fault)
        print(path.read_bytes())
        append_row(path, {"step": 3})
        """,
        empty,
    )
    assert "rows.jsonl: File too large" in output
    assert "the earlier rows are unchanged" in output
    assert r"""b'{"step": 1}\n'""" in output
    assert empty.read_bytes() == b'{"step": 1}\n{"step": 3}\n'


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (os.mkfifo, "pipe, socket or device"),
        (os.mkdir, "folder"),
        (lambda path: path.symlink_to("elsewhere"), "symbolic link"),
    ],
)
def test_append_row_rejects_other_kinds(empty, make, found):
    make(empty)
    with pytest.raises(InputError, match=rf"rows\.jsonl is a {found}, expected a regular file"):
        append_row(empty, {"step": 1})
    assert not (empty.parent / "elsewhere").exists()


def test_read_rows_missing(empty):
    assert read_rows(empty) == []


@pytest.mark.parametrize(("line", "message"), DAMAGED_LINES)
@pytest.mark.parametrize("function", [read_rows, lambda path: truncate_after(path, 99)])
def test_read_rows_rejects_damaged_line(path, function, line, message):
    lines = path.read_bytes().split(b"\n")
    lines[1] = line
    path.write_bytes(b"\n".join(lines))
    with pytest.raises(InputError, match=f"rows.jsonl:2 .*{message}"):
        function(path)
    assert path.read_bytes() == b"\n".join(lines)


def test_read_rows_rejects_too_many(path, monkeypatch):
    monkeypatch.setattr("stnctl.storage.jsonl._MAX_ROWS", 2)
    with pytest.raises(InputError, match=r"rows\.jsonl has 3 lines, expected at most 2"):
        read_rows(path)


@pytest.mark.parametrize(("limit", "value"), [("_MAX_ROWS", 3), ("_MAX_BYTES", None)])
def test_append_row_stops_at_the_limits_of_reading(path, monkeypatch, limit, value):
    before = path.read_bytes()
    monkeypatch.setattr(f"stnctl.storage.jsonl.{limit}", value or len(before) + 5)
    with pytest.raises(InputError, match=r"rows\.jsonl has .*, expected at most"):
        append_row(path, {"step": 40})
    assert path.read_bytes() == before
    assert len(read_rows(path)) == 3


@pytest.mark.parametrize(("step", "num_rows"), [(0, 0), (9, 0), (10, 1), (29, 2), (30, 3), (99, 3)])
def test_truncate_after_preset(path, step, num_rows):
    lines = path.read_bytes().splitlines(keepends=True)
    truncate_after(path, step)
    assert path.read_bytes() == b"".join(lines[:num_rows])


def test_truncate_after_missing(empty):
    truncate_after(empty, 5)
    assert not empty.exists()


@pytest.mark.parametrize(("line", "_"), DAMAGED_LINES)
def test_truncate_after_skips_damaged(empty, line, _):
    empty.write_bytes(b'{"step": 10}\n' + line + b'\n{"step": 20}\n{"step": 30}\n{"step": 3')
    truncate_after(empty, 20, skip_damaged=True)
    assert empty.read_bytes() == b'{"step": 10}\n{"step": 20}\n'
