import json
import shutil

import pytest

from tests.cli.in_process import outcome
from tests.image_files import size


def test_eval_prints_and_writes_its_report(project, in_project):
    done = in_project("eval", "stn", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["run"] == "stn"
    assert report["num_examples"] == 32
    assert sum(map(sum, report["confusion"])) == 32
    right = sum(row[index] for index, row in enumerate(report["confusion"]))
    assert report["accuracy"] == right / 32
    assert report["error_percent"] == pytest.approx(100 * (1 - right / 32))
    folder = project / "runs" / "stn" / "eval"
    assert report.pop("files") == ["runs/stn/eval/test.json", "runs/stn/eval/test.png"]
    assert json.loads((folder / "test.json").read_text()) == report
    assert min(size(folder / "test.png")) >= 400


def test_eval_of_another_split_and_checkpoint(in_project):
    done = in_project("eval", "runs/stn", "--split", "validation", "--checkpoint", "last")
    assert done.returncode == 0, done.stderr
    assert "validation of tiny.npz, epoch 2" in done.stdout
    assert "recall" in done.stdout
    assert done.stdout.splitlines()[-1] == "runs/stn/eval/validation-last.png"
    assert done.stderr.splitlines()[-1] == "next  stnctl inspect runs/stn --bad 9"


def test_eval_under_another_distortion(project, in_project):
    asked = "{set: R, rotation: [-30, 30]}"
    done = in_project("eval", "stn", "--distortion", asked)
    assert done.returncode == 0, done.stderr
    assert f"stn: test under {asked} of tiny.npz, epoch " in done.stdout
    stem = "runs/stn/eval/test-set_R_rotation_-30_30"
    assert done.stdout.splitlines()[-2:] == [f"{stem}.json", f"{stem}.png"]
    report = json.loads((project / f"{stem}.json").read_text())
    assert report["distortion"] == {"set": "R", "rotation": [-30.0, 30.0], "canvas": None}
    assert sum(map(sum, report["confusion"])) == 32
    assert "canvas" not in done.stderr


def test_eval_measures_the_alignment(project, in_project):
    """The identity leaves what is drawn; without a known distortion, there is no alignment."""
    done = in_project("eval", "stn", "--distortion", "R")
    assert done.returncode == 0, done.stderr
    assert "alignment: spread of the drawn distortion, and of what is left" in done.stdout
    report = json.loads((project / "runs" / "stn" / "eval" / "test-R.json").read_text())
    transformer, moments = report["alignment"]
    assert (transformer["part"], moments["transformer"]) == ("rotation", "image moments")
    assert 0 < transformer["spread_after"] < 180
    assert len(transformer["classes"]) == 10
    plain = in_project("eval", "stn", "--json")
    assert json.loads(plain.stdout)["alignment"] is None


@pytest.mark.parametrize("combine", ["confident", "mean"])
def test_eval_searches_poses(project, in_project, combine):
    done = in_project("eval", "stn", "--search", "rotation=-30:30:30", "--combine", combine)
    assert done.returncode == 0, done.stderr
    assert f"stn: test, {combine} of rotation=-30:30:30 of tiny.npz, epoch " in done.stdout
    stem = f"runs/stn/eval/test-search-rotation_-30_30_30-{combine}"
    assert done.stdout.splitlines()[-2:] == [f"{stem}.json", f"{stem}.png"]
    report = json.loads((project / f"{stem}.json").read_text())
    assert report["search"] == {
        "quantity": "rotation",
        "unit": "degrees",
        "values": [-30.0, 0.0, 30.0],
        "combination": combine,
    }
    assert sum(map(sum, report["confusion"])) == 32


def test_eval_search_of_nothing_is_the_prediction(in_project):
    plain, searched = (
        json.loads(in_project("eval", "stn", *options, "--json").stdout)
        for options in ((), ("--search", "rotation=0"))
    )
    assert searched["confusion"] == plain["confusion"]
    assert searched["loss"] == pytest.approx(plain["loss"], rel=1e-5)
    assert plain["search"] is None


def test_eval_under_another_distortion_notes_the_canvas(project, in_project):
    steps = "[{step: canvas, size: [16, 18]}, clutter]"
    done = in_project("eval", "stn", "--distortion", steps, "--json")
    assert done.returncode == 0, done.stderr
    note = "the canvas is the network's, 12x12 pixels; that of the distortion by itself is 16x18"
    assert done.stderr.splitlines()[-1] == f"note  {note}"
    wide, network, clutter = json.loads(done.stdout)["distortion"]
    assert (wide["size"], network["size"]) == ([16, 18], [12, 12])
    assert clutter["step"] == "clutter"


@pytest.fixture(scope="module")
def twin(project):
    """Copy the run `stn` without its results."""
    ignored = shutil.ignore_patterns("eval")
    shutil.copytree(project / "runs" / "stn", project / "twins" / "twin", ignore=ignored)
    return "twins/twin"


def test_eval_of_several_runs_compares_them(project, in_project, twin):
    done = in_project("eval", "stn", twin, "--distortion", "R", "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    expected = {"split": "test", "checkpoint": "best", "distortion": "R"}
    assert document["measured"] == expected
    first, second = document["runs"]
    written = json.loads((project / twin / "eval" / "test-R.json").read_text())
    assert first["test_accuracy"] == second["test_accuracy"] == written["accuracy"]
    assert document["evaluations"][1] == written
    assert (first["group"], document["groups"][0]["test_accuracy"]["n"]) == ("stn", 1)
    assert all(file.startswith("runs/stn/eval/compare-R-with-twin-") for file in document["files"])
    notes = [line for line in done.stderr.splitlines() if line.startswith(("stn  ", "twin  "))]
    assert [note.split("  ")[1] for note in notes] == ["test under R", "test under R"]


def test_compare_measures_missing_results(project, in_project, twin):
    """A second call measures nothing, and loads no weights."""
    report = project / twin / "eval" / "test.json"
    assert not report.exists()
    done = in_project("compare", twin, "--measure", "--csv")
    assert done.returncode == 0, done.stderr
    assert "twin  test  accuracy 0." in done.stderr
    accuracy = json.loads(report.read_text())["accuracy"]
    header, row = (line.split(",") for line in done.stdout.splitlines())
    assert float(row[header.index("test_accuracy")]) == pytest.approx(accuracy)
    assert min(size(project / twin / "history.png")) > 900
    again = in_project("compare", twin, "--measure", "--csv")
    assert (again.stdout, "twin  test" in again.stderr) == (done.stdout, False)


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("eval", "stm"), 3, "did you mean stn?"),
        (("eval", "stn", "--split", "tset"), 2, "did you mean test?"),
        (("eval", "stn", "--checkpoint", "first"), 2, "best, last"),
        (("eval", "stn", "--data", "digits"), 3, "not the data that stn was trained on"),
        (("eval", "stn", "--data", "gone.npz"), 3, "gone.npz"),
        (("eval", "stn", "--sweep", "scale=1,nan"), 2, "--sweep: expected numbers, got 'nan'"),
        (("eval", "stn", "stn"), 2, "stn is named twice"),
        (("eval", "stn", "runs/stn", "--sweep", "scale=1"), 2, "stn is named twice"),
        (("eval", "a", "b", "--split", "train"), 2, "several runs are compared on the test split"),
        (("eval", "stn", "--distortion", "RST"), 2, "--distortion RST: expected one of none, R"),
        (("eval", "stn", "--sweep", "scale=0"), 2, "--sweep: scale: expected at least 0.05, got 0"),
        (("eval", "stn", "--sweep", "scale=1", "--distortion", "R"), 2, "exclude each other"),
        (("eval", "stn", "--search", "scale"), 2, "--search: expected NAME=LOW:HIGH:STEP"),
        (("eval", "stn", "--search", "scale=1", "--sweep", "scale=1"), 2, "a single run, without"),
        (("eval", "stn", "--combine", "mean"), 2, "--combine mean: there are no predictions"),
    ],
)
def test_eval_rejects(project, monkeypatch, args, code, message):
    monkeypatch.chdir(project)
    found, stdout, error = outcome(*args)
    assert (found, stdout) == (code, "")
    assert message in error
