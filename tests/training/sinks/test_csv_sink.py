import csv

from stnctl.training.sinks.csv_sink import FILE, CsvSink
from tests.training.sinks.examples import start


def write(folder, rows, num_epochs=0):
    sink = CsvSink()
    sink.open(start(folder, num_epochs=num_epochs))
    for epoch, values in rows:
        sink.write(epoch, values)
    sink.close("finished")


def rows(folder):
    with (folder / FILE).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_sink_has_a_row_for_each_epoch(tmp_path):
    write(tmp_path, [(1, {"train/loss": 0.1 + 0.2}), (2, {"train/loss": 2e-8})])
    assert [(row["epoch"], float(row["train/loss"])) for row in rows(tmp_path)] == [
        ("1", 0.1 + 0.2),
        ("2", 2e-8),
    ]


def test_csv_sink_continues_after_a_resume(tmp_path):
    """Epoch 3 was not finished when the training was killed, so it is written again."""
    write(tmp_path, [(1, {"a": 1.0}), (2, {"a": 2.0}), (3, {"a": 9.0})])
    write(tmp_path, [(3, {"a": 3.0, "b": 4.0})], num_epochs=2)
    assert [(row["epoch"], row["a"], row["b"]) for row in rows(tmp_path)] == [
        ("1", "1.0", ""),
        ("2", "2.0", ""),
        ("3", "3.0", "4.0"),
    ]


def test_csv_sink_begins_again_after_a_restart(tmp_path):
    """A restart of a collapsed training begins with epoch 1 again."""
    write(tmp_path, [(1, {"a": 1.0}), (2, {"a": 2.0}), (1, {"a": 3.0})])
    assert [(row["epoch"], row["a"]) for row in rows(tmp_path)] == [("1", "3.0")]
