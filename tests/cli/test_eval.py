import json
import shutil

import pytest

from tests.pictures import size


def test_eval_writes_and_prints_numbers(workshop, in_workshop):
    done = in_workshop("eval", "stn", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["run"] == "stn"
    assert report["num_examples"] == 32
    assert sum(map(sum, report["confusion"])) == 32
    right = sum(row[index] for index, row in enumerate(report["confusion"]))
    assert report["accuracy"] == right / 32
    assert report["error_percent"] == pytest.approx(100 * (1 - right / 32))
    folder = workshop / "runs" / "stn" / "eval"
    assert report.pop("files") == ["runs/stn/eval/test.json", "runs/stn/eval/test.png"]
    assert json.loads((folder / "test.json").read_text()) == report
    assert min(size(folder / "test.png")) >= 400


def test_eval_names_a_run_by_latest_prefix_or_path(in_workshop):
    done = in_workshop("eval", "runs/stn", "--split", "validation", "--checkpoint", "last")
    assert done.returncode == 0, done.stderr
    assert "validation of tiny.npz, epoch 2" in done.stdout
    assert "recall" in done.stdout
    assert done.stdout.splitlines()[-1] == "runs/stn/eval/validation-last.png"
    assert done.stderr.splitlines()[-1] == "next  stnctl inspect runs/stn --bad 9"


def test_eval_on_another_distortion(workshop, in_workshop):
    asked = "{set: R, rotation: [-30, 30]}"
    done = in_workshop("eval", "stn", "--distortion", asked)
    assert done.returncode == 0, done.stderr
    assert f"stn: test under {asked} of tiny.npz, epoch " in done.stdout
    stem = "runs/stn/eval/test-set_R_rotation_-30_30"
    assert done.stdout.splitlines()[-2:] == [f"{stem}.json", f"{stem}.png"]
    report = json.loads((workshop / f"{stem}.json").read_text())
    assert report["distortion"] == {"set": "R", "rotation": [-30.0, 30.0], "canvas": None}
    assert sum(map(sum, report["confusion"])) == 32


def test_eval_sweeps_several_runs(workshop, in_workshop):
    """Here a run and its copy: the same numbers, in the table, in the file, and on stdout."""
    folder = workshop / "runs" / "stn"
    shutil.copytree(folder, workshop / "copies" / "twin", ignore=shutil.ignore_patterns("eval"))
    done = in_workshop("eval", "stn", "copies/twin", "--sweep", "rotation=-20:20:20", "--json")
    assert done.returncode == 0, done.stderr
    assert "the runs see different images" not in done.stderr
    report = json.loads(done.stdout)
    files = report.pop("files")
    stem = "runs/stn/eval/sweep-rotation-with-twin"
    assert files == [f"{stem}.json", f"{stem}.png"]
    assert json.loads((workshop / files[0]).read_text()) == report
    assert min(size(workshop / files[1])) >= 600
    assert (report["unit"], report["values"]) == ("degrees", [-20, 0, 20])
    ours, twins = report["runs"]
    assert twins == {**ours, "run": "twin"}
    assert ours["num_examples"] == 32
    wrong = [error * 32 / 100 for error in ours["error_percent"]]
    assert wrong == pytest.approx([round(number) for number in wrong])
    assert len(wrong) == 3


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("eval", "stm"), 3, "did you mean stn?"),
        (("eval", "stn", "--split", "tset"), 2, "did you mean test?"),
        (("eval", "stn", "--checkpoint", "first"), 2, "best, last"),
        (("eval", "stn", "--data", "digits"), 3, "not the data that stn was trained on"),
        (("eval", "stn", "--data", "gone.npz"), 3, "gone.npz"),
        (("eval", "stn", "stn"), 2, "expected one RUN, got 2: stn, stn"),
        (("eval", "stn", "runs/stn", "--sweep", "scale=1"), 2, "stn is named twice"),
        (("eval", "stn", "--distortion", "RST"), 2, "--distortion RST: expected one of none, R"),
        (("eval", "stn", "--sweep", "scale=0"), 2, "--sweep scale: expected at least 0.05, got 0"),
        (("eval", "stn", "--sweep", "scale=1", "--distortion", "R"), 2, "exclude each other"),
    ],
)
def test_eval_rejects(in_workshop, args, code, message):
    done = in_workshop(*args)
    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert done.stdout == ""
