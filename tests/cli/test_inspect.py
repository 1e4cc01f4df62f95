import json
from types import SimpleNamespace

import numpy as np
import pytest

from stnctl.cli import console
from stnctl.cli.inspect import _COLUMNS, _parse_indices, _print
from stnctl.errors import UsageError
from stnctl.geometry import TRANSFORMS
from stnctl.inspection.examples import InspectedExample
from stnctl.inspection.run_inspection import Inspection
from tests.cli.in_process import outcome
from tests.image_files import size


def test_inspect_bad_is_ordered_by_loss(project, in_project):
    done = in_project("inspect", "stn", "--bad", "5", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    losses = [item["loss"] for item in report["items"]]
    assert len(losses) == 5
    assert losses == sorted(losses, reverse=True)
    assert set(report["items"][0]["parts"]) == {
        "rotation_degrees", "scale_x", "scale_y", "shear", "translation_x", "translation_y",
    }  # fmt: skip
    folder = project / "runs" / "stn" / "inspect" / "test-bad-5"
    assert sorted(path.name for path in folder.iterdir()) == [
        "U.png", "UV.png", "V.png", "items.json",
    ]  # fmt: skip
    assert json.loads((folder / "items.json").read_text())["items"] == report["items"]
    assert size(folder / "UV.png")[0] > size(folder / "U.png")[0]


def test_inspect_index_keeps_the_given_order(in_project):
    given = json.loads(in_project("inspect", "stn", "--index", "17,3", "--json").stdout)
    assert [item["index"] for item in given["items"]] == [17, 3]
    assert given["files"][0] == "runs/stn/inspect/test-index-17-3/U.png"


def test_inspect_of_a_plain_cnn_has_no_v(project, in_project):
    settings = ("--set", "model.transformer=null", "--set", "train.epochs=1", "--name", "plain")
    assert in_project("train", "tiny.yaml", *settings, "-q").returncode == 0
    done = in_project("inspect", "plain", "--good", "2")
    assert done.returncode == 0, done.stderr
    assert "no V" in done.stderr
    folder = project / "runs" / "plain" / "inspect" / "test-good-2"
    assert sorted(path.name for path in folder.iterdir()) == ["U.png", "items.json"]
    assert done.stdout.splitlines()[-2:] == [
        f"runs/plain/inspect/test-good-2/{name}" for name in ("U.png", "items.json")
    ]


def inspection_of(item, V):
    report = {"run": "x", "split": "test", "data": "digits", "epoch": 2}
    return Inspection(report, SimpleNamespace(items=[item], V=V), {})


@pytest.mark.parametrize("name", TRANSFORMS)
def test_print_has_a_column_for_each_part(name, monkeypatch):
    """The parts of theta depend on the transform; the table has a column for each of them."""
    tables = []
    monkeypatch.setattr(console, "result_table", lambda *table: tables.append(table))
    transform = TRANSFORMS[name]
    parts = transform.describe(transform.identity() + 0.01, (28, 28))
    item = InspectedExample(3, 5, 5, probability=0.9, loss=0.1, theta=[0.0], parts=parts)
    _print(inspection_of(item, V=np.zeros((1, 28, 28, 1))), [])
    [(title, header, [row])] = tables
    assert title == "x: test of digits, epoch 2"
    assert header == ["index", "true", "pred", "prob", "loss", *(_COLUMNS[p][0] for p in parts)]
    assert row[:5] == ["3", "5", "5", "0.900", "0.100"]
    assert [float(text) for text in row[5:]] == pytest.approx(list(parts.values()), abs=0.00501)


def test_print_writes_sums_as_text(monkeypatch):
    tables = []
    monkeypatch.setattr(console, "result_table", lambda *table: tables.append(table))
    item = InspectedExample(3, 9, 8, probability=0.9, loss=0.1, terms=[1, 8])
    _print(inspection_of(item, V=None), [])
    assert tables[0][2] == [["3", "1 + 8 = 9", "8", "0.900", "0.100"]]


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("inspect", "stn", "--bad", "0"), 2, "--bad"),
        (("inspect", "stn", "--bad", "1", "--good", "1"), 2, "one of --bad, --good and --index"),
        (("inspect", "stn", "--index", "a"), 2, "3,17"),
        (("inspect", "stn", "--index", "5,3,5"), 2, "an index is given twice in '5,3,5'"),
        (("inspect", "snt"), 3, "did you mean stn?"),
    ],
)
def test_inspect_rejects(project, monkeypatch, args, code, message):
    monkeypatch.chdir(project)
    found, stdout, error = outcome(*args)
    assert (found, stdout) == (code, "")
    assert message in error


def test_inspect_rejects_an_index_out_of_range(project, in_project):
    done = in_project("inspect", "stn", "--index", "3,99")
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert "no example 99: the split has examples 0 to 31" in done.stderr
    assert not (project / "runs" / "stn" / "inspect" / "test-index-3-99").exists()


def test_parse_indices_rejects_too_many():
    with pytest.raises(UsageError, match="at most 100"):
        _parse_indices(",".join(["1"] * 101))
