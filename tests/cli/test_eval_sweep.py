import json
import shutil

import pytest

from tests.image_files import size


@pytest.fixture(scope="module")
def company(project):
    """Copies of the run `stn`; one of them sees test images that are drawn from another seed."""
    for name in ("copies/twin", "copies/third", "others/twin"):
        run = project / "runs" / "stn"
        shutil.copytree(run, project / name, ignore=shutil.ignore_patterns("eval"))
    config = project / "others" / "twin" / "config.yaml"
    text = config.read_text(encoding="utf-8")
    assert "test_seed: 0" in text
    config.write_text(text.replace("test_seed: 0", "test_seed: 1"), encoding="utf-8")
    return ("stn", "copies/twin", "copies/third")


def filled(stdout):
    """Return the lines that are not empty."""
    return [line for line in stdout.splitlines() if line.strip()]


def files_named(stdout, stem):
    """Return the last lines of stdout, which name a JSON file and a picture."""
    files = stdout.splitlines()[-2:]
    assert [file.rpartition(".")[2] for file in files] == ["json", "png"]
    assert all(file.startswith(f"runs/stn/eval/{stem}") for file in files)
    return files


def test_sweep_of_one_run(project, in_project):
    options = ("--split", "validation", "--checkpoint", "last")
    done = in_project("eval", "stn", "--sweep", "corner_std=0,2.5", *options)
    assert done.returncode == 0, done.stderr
    stem = "runs/stn/eval/sweep-corner_std-validation-last"
    lines = filled(done.stdout)
    assert lines[0] == "error % on validation by corner_std in pixels"
    assert lines[1].split() == ["corner_std", "stn"]
    assert lines[-2:] == [f"{stem}.json", f"{stem}.png"]
    report = json.loads((project / f"{stem}.json").read_text())
    [errors] = [curve["error_percent"] for curve in report["runs"]]
    told = [line for line in done.stderr.splitlines() if line.startswith("stn  ")]
    assert told == [
        f"stn  1/2  corner_std 0  error {errors[0]:.2f} %",
        f"stn  2/2  corner_std 2.5  error {errors[1]:.2f} %",
    ]
    rows = [line.split() for line in lines[3:-2]]
    assert rows == [["0", f"{errors[0]:.2f}"], ["2.5", f"{errors[1]:.2f}"]]


def test_sweep_of_several_runs(project, in_project, company):
    """Here a run and its copies: the same numbers, in the file and on stdout."""
    done = in_project("eval", *company, "--sweep", "rotation=-20:20:20", "--json")
    assert done.returncode == 0, done.stderr
    assert "different images" not in done.stderr
    report = json.loads(done.stdout)
    files = report.pop("files")
    assert json.loads((project / files[0]).read_text()) == report
    assert min(size(project / files[1])) >= 600
    assert (report["unit"], report["values"]) == ("degrees", [-20, 0, 20])
    ours, twins, thirds = report["runs"]
    assert (twins, thirds) == ({**ours, "run": "twin"}, {**ours, "run": "third"})
    assert ours["num_examples"] == 32
    wrong = [error * 32 / 100 for error in ours["error_percent"]]
    assert wrong == pytest.approx([round(number) for number in wrong])
    assert len(wrong) == 3


def test_sweep_tells_of_errors_that_cannot_be_compared(project, in_project):
    """Those of 10 digits and of their 19 sums."""
    sums = ("--set", "data.distortion={set: addition, canvas: [12, 12]}", "--set", "train.epochs=1")
    trained = in_project("train", "tiny.yaml", "--runs-dir", "sums", "--name", "sums", *sums)
    assert trained.returncode == 0, trained.stderr
    done = in_project("eval", "stn", "sums/sums", "--sweep", "shift=0", "--json")
    assert done.returncode == 0, done.stderr
    assert "the runs have 10 and 19 classes: their errors can't be compared" in done.stderr
    ranges = [curve["trained_range"] for curve in json.loads(done.stdout)["runs"]]
    assert ranges == [None, [0, pytest.approx(1.8)]]


def test_sweeps_of_several_companies_have_files_of_their_own(project, in_project, company):
    """Also where the runs have the same names; the table then tells them apart by their paths."""
    runs = (*company[:2], "others/twin")
    done = in_project("eval", *runs, "--sweep", "scale=1")
    assert done.returncode == 0, done.stderr
    assert "evaluated on different images: they differ in the random seed" in done.stderr
    assert "copies/twin  1/1  scale 1  error " in done.stderr
    assert filled(done.stdout)[0] == "error % on test by scale"
    assert filled(done.stdout)[1].split()[1:] == ["runs/stn", "copies/twin", "others/twin"]
    first = files_named(done.stdout, "sweep-scale-with-twin-twin-")
    shutil.move(project / "others" / "twin", project / "others" / "twin-twin")
    again = in_project("eval", "stn", "others/twin-twin", "--sweep", "scale=1")
    assert again.returncode == 0, again.stderr
    second = files_named(again.stdout, "sweep-scale-with-twin-twin-")
    assert not set(first) & set(second)
    assert all((project / file).exists() for file in first)
