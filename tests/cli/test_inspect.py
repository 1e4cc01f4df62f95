import json
import shutil

import numpy as np
import pytest

from stnctl.cli import console
from stnctl.cli.inspect_tables import _COLUMNS, print_inspection
from stnctl.geometry import TRANSFORMS
from stnctl.inspection.examples import InspectedExamples, TransformerMaps
from stnctl.inspection.inspected_example import DescribedTheta, InspectedExample
from stnctl.inspection.run_inspection import Inspection
from tests.cli.in_process import outcome
from tests.image_files import size

CONSTANT = (
    "nearly the same for all of these: it does not depend on the image; set "
    "`train.penalties.consistency: {}`, or a lower `activity_l2` of the localization network"
)


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


def test_inspect_of_several_transformers(project, in_project):
    """Each transformer has a table of at most 80 columns, and its items in items.json."""
    small = "layer: transformer, localization: []"
    sections = f"{{{small}, transform: rotation}}, {{{small}, steps: 2}}"
    settings = ("--set", f"model.transformer=[{sections}]", "--set", "train.epochs=1")
    done = in_project("train", "tiny.yaml", *settings, "--name", "several", "-q")
    assert done.returncode == 0, done.stderr
    done = in_project("inspect", "several", "--bad", "3")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    titles = [line for line in lines if line.startswith(("several: ", "1: ", "2: "))]
    names = ["1: rotation", "2: affine, step 1 of 2", "2: affine, step 2 of 2"]
    assert titles[1:] == names
    folder = project / "runs" / "several" / "inspect" / "test-bad-3"
    files = ["U.png", "transformers.png", "items.json"]
    assert lines[-3:] == [f"runs/several/inspect/test-bad-3/{name}" for name in files]
    assert sorted(path.name for path in folder.iterdir()) == sorted(files)
    assert size(folder / "transformers.png")[0] > size(folder / "U.png")[0]
    for item in json.loads((folder / "items.json").read_text(encoding="utf-8"))["items"]:
        assert (item["theta"], item["parts"]) == (None, None)
        assert [each["key"] for each in item["transformers"]] == [
            "model.transformer[0]", "model.transformer[1]", "model.transformer[1]",
        ]  # fmt: skip


def test_inspect_other_choices(project, in_project):
    """The examples are those of another distortion, ranked by warp, sorted, drawn and animated."""
    options = ("--distortion", "R", "--most-warped", "--count", "3", "--sort", "index")
    done = in_project("inspect", "stn", *options, "--animate", "--show")
    assert done.returncode == 0, done.stderr
    name = "runs/stn/inspect/test-R-most-warped-3-sort-index"
    folder = project / name
    files = ["U.png", "V.png", "UV.png", "animation.gif", "items.json"]
    assert [line for line in done.stdout.splitlines() if line.startswith("runs/")] == [
        f"{name}/{file}" for file in files
    ]
    report = json.loads((folder / "items.json").read_text(encoding="utf-8"))
    assert report["distortion"]["set"] == "R"
    indices = [item["index"] for item in report["items"]]
    assert indices == sorted(indices)
    assert all(item["displacement"] >= 0 for item in report["items"])
    drawn = done.stdout.split(f"{name}/items.json\n")[1]
    assert [f"example {index}: " in drawn for index in indices] == [True] * 3
    assert size(folder / "animation.gif")[0] > 300


def test_inspect_epochs(project, in_project):
    """The images and predictions are those of the snapshots; the last theta is that of `last`."""
    done = in_project("inspect", "stn", "--epochs", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    folder = project / "runs" / "stn" / "inspect" / "validation-epochs"
    assert sorted(path.name for path in folder.iterdir()) == [
        "epochs.gif", "epochs.png", "items.json",
    ]  # fmt: skip
    indices = [item["index"] for item in report["items"]]
    options = ("--index", ",".join(map(str, indices)), "--split", "validation")
    last = in_project("inspect", "stn", *options, "--checkpoint", "last", "--json")
    for item, found in zip(report["items"], json.loads(last.stdout)["items"], strict=True):
        assert item["true"] == found["true"]
        assert item["predicted"][-1] == found["predicted"]
        [theta] = item["theta"].values()
        assert theta[-1] == pytest.approx(found["theta"], abs=1e-5)


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (("stn", "--epochs", "--bad", "3"), 2, "--epochs and --bad exclude each other"),
        (("stn", "--epochs", "--split", "test"), 2, "--epochs and --split exclude each other"),
        (("old", "--epochs"), 3, "old has no snapshots.npz"),
    ],
)
def test_inspect_epochs_rejects(project, monkeypatch, options, code, message):
    monkeypatch.chdir(project)
    for file in ("config.yaml", "run.json"):
        (project / "runs" / "old").mkdir(exist_ok=True)
        shutil.copy(project / "runs" / "stn" / file, project / "runs" / "old" / file)
    found, stdout, error = outcome("inspect", *options)
    assert (found, stdout) == (code, "")
    assert message in error


def test_inspect_alignment(project, in_project):
    """The test images are those of a run that is trained on rotated digits."""
    settings = ("--set", "data.distortion=R", "--set", "train.epochs=1", "--name", "turned")
    assert in_project("train", "tiny.yaml", *settings, "-q").returncode == 0
    done = in_project("inspect", "turned", "--alignment")
    assert done.returncode == 0, done.stderr
    assert "turned: alignment: spread of the drawn distortion, and of what is left" in done.stdout
    assert "rotation in degrees" in done.stdout
    folder = project / "runs" / "turned" / "inspect" / "test-alignment"
    assert sorted(path.name for path in folder.iterdir()) == ["alignment.json", "alignment.png"]
    report = json.loads(in_project("inspect", "turned", "--alignment", "--json").stdout)
    measured = in_project("eval", "turned", "--json")
    [row, _] = json.loads(measured.stdout)["alignment"]
    [transformer] = report["transformers"]
    for name, value in transformer["parts"]["rotation"].items():
        assert value == pytest.approx(row[name], rel=1e-4), name

    mixed = in_project("inspect", "turned", "--alignment", "--bad", "3")
    assert (mixed.returncode, mixed.stdout) == (2, "")
    assert "--alignment and --bad exclude each other: the alignment is that of all" in mixed.stderr
    plain = in_project("inspect", "stn", "--alignment")
    assert (plain.returncode, plain.stdout) == (2, "")
    assert "stn has no alignment" in plain.stderr


def inspection_of(item, *headings):
    """Return the inspection of an example twice, with one theta for each transformer."""
    report = {"run": "x", "split": "test", "data": "digits", "epoch": 2}
    theta, empty = np.zeros((2, 6)), np.zeros((2, 2, 2, 1))
    maps = [TransformerMaps(None, each, empty, theta, empty, empty) for each in headings]
    return Inspection(report, InspectedExamples([item, item], empty, maps), {})


@pytest.fixture
def tables(monkeypatch):
    """Return the tables that are printed."""
    printed = []
    monkeypatch.setattr(console, "result_table", lambda *table: printed.append(table))
    return printed


@pytest.mark.parametrize("name", TRANSFORMS)
def test_print_has_a_column_for_each_part(name, tables):
    """The parts of theta depend on the transform; the table has a column for each of them."""
    transform = TRANSFORMS[name]
    parts = transform.describe(transform.identity() + 0.01, (28, 28))
    item = InspectedExample(3, 5, 5, probability=0.9, loss=0.1, theta=[0.0], parts=parts)
    print_inspection(inspection_of(item, (name,)), [])
    [(title, header, [row, _])] = tables
    assert title == "x: test of digits, epoch 2"
    assert header == ["index", "true", "pred", "prob", "loss", *(_COLUMNS[p][0] for p in parts)]
    assert row[:5] == ["3", "5", "5", "0.900", "0.100"]
    assert [float(text) for text in row[5:]] == pytest.approx(list(parts.values()), abs=0.00501)


def test_print_writes_sums_as_text(tables):
    item = InspectedExample(3, 9, 8, probability=0.9, loss=0.1, terms=[1, 8])
    print_inspection(inspection_of(item), [])
    assert tables[0][2][0] == ["3", "1 + 8 = 9", "8", "0.900", "0.100"]


def test_print_has_a_table_for_each_of_several_transformers(tables):
    """Families differ, so each table has the columns of its family."""
    thetas = []
    for name in ("similarity", "thin_plate_spline"):
        transform = TRANSFORMS[name]
        parts = transform.describe(transform.identity() + 0.01, (28, 28))
        thetas.append(DescribedTheta(name, "model.transformer", 0, 0, [0.0], parts))
    item = InspectedExample(3, 5, 5, probability=0.9, loss=0.1, transformers=thetas)
    headings = [("1: similarity",), ("2: x", "step 1 of 2")]
    print_inspection(inspection_of(item, *headings), [])
    main, *others = tables
    assert main[1] == ["index", "true", "pred", "prob", "loss"]
    assert [title for title, _, _ in others] == ["1: similarity", "2: x, step 1 of 2"]
    for (_, header, rows), theta in zip(others, thetas, strict=True):
        assert header == ["index", *(_COLUMNS[part][0] for part in theta.parts)]
        assert [row[0] for row in rows] == ["3", "3"]
        values = [float(text) for text in rows[0][1:]]
        assert values == pytest.approx(list(theta.parts.values()), abs=0.00501)


@pytest.mark.parametrize(
    ("families", "notes"),
    [
        ([], ["note  a plain CNN has no transformer and no V: only U is written"]),
        (["affine"], [f"note  theta is {CONSTANT}"]),
        (
            ["1: affine", "2: rigid"],
            [f"note  theta of {name} is {CONSTANT}" for name in ("1: affine", "2: rigid")],
        ),
    ],
)
def test_print_notes_a_constant_theta(families, notes, tables, monkeypatch):
    """The note names the transformer if there are several."""
    found = []
    monkeypatch.setattr(console, "note", found.append)
    item = InspectedExample(3, 5, 5, probability=0.9, loss=0.1)
    print_inspection(inspection_of(item, *((family,) for family in families)), [])
    assert found == notes


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("inspect", "stn", "--bad", "0"), 2, "--bad"),
        (
            ("inspect", "stn", "--bad", "1", "--good", "1"),
            2,
            "choose one of --bad, --good",
        ),
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
