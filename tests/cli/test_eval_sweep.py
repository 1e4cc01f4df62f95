import json
import shutil

import pytest

from stnctl.storage.checksummed_json import CHECKSUM_KEY, checksummed_bytes
from tests.image_files import size


@pytest.fixture(scope="module")
def copies(project):
    """Copy the run `stn` three times, once with another `test_seed`; return three runs."""
    for name in ("copies/twin", "copies/third", "others/twin"):
        run = project / "runs" / "stn"
        shutil.copytree(run, project / name, ignore=shutil.ignore_patterns("eval"))
    twin = project / "others" / "twin"
    for path in (twin / "config.yaml", *twin.glob("checkpoints/*/meta.json")):
        text = path.read_text(encoding="utf-8")
        assert "test_seed: 0" in text
        path.write_text(text.replace("test_seed: 0", "test_seed: 1"), encoding="utf-8")
        if path.suffix == ".json":
            document = json.loads(path.read_bytes())
            document.pop(CHECKSUM_KEY)
            path.write_bytes(checksummed_bytes(document))
    return ("stn", "copies/twin", "copies/third")


def non_empty_lines(stdout):
    """Return the lines that are not empty."""
    return [line for line in stdout.splitlines() if line.strip()]


def written_files(stdout, stem):
    """Return the last two lines of stdout, which name a JSON file and a figure."""
    files = stdout.splitlines()[-2:]
    assert [file.rpartition(".")[2] for file in files] == ["json", "png"]
    assert all(file.startswith(f"runs/stn/eval/{stem}") for file in files)
    return files


def test_sweep_of_one_run(project, in_project):
    options = ("--split", "validation", "--checkpoint", "last")
    done = in_project("eval", "stn", "--sweep", "corner_std=0,2.5", *options)
    assert done.returncode == 0, done.stderr
    stem = "runs/stn/eval/sweep-corner_std-0_2.5-validation-last"
    lines = non_empty_lines(done.stdout)
    assert lines[0] == "error % on validation by corner_std in pixels"
    assert lines[1].split() == ["corner_std", "stn", "sharpness"]
    assert lines[-2:] == [f"{stem}.json", f"{stem}.png"]
    report = json.loads((project / f"{stem}.json").read_text())
    [curve] = report["runs"]
    errors, sharpness = curve["error_percent"], curve["sharpness"]
    assert sharpness[1] < sharpness[0] == pytest.approx(1)
    notes = [line for line in done.stderr.splitlines() if line.startswith("stn  ")]
    assert notes == [
        f"stn  1/2  corner_std 0  error {errors[0]:.2f} %",
        f"stn  2/2  corner_std 2.5  error {errors[1]:.2f} %",
    ]
    rows = [line.split() for line in lines[3:-2]]
    assert rows == [
        [value, f"{error:.2f}", f"{sharp:.2f}"]
        for value, error, sharp in zip(("0", "2.5"), errors, sharpness, strict=True)
    ]


def test_sweep_of_several_runs(project, in_project, copies):
    """A run and its copies have equal errors; stdout and the file are equal."""
    done = in_project("eval", *copies, "--sweep", "rotation=-20:20:20", "--json")
    assert done.returncode == 0, done.stderr
    assert "different images" not in done.stderr
    report = json.loads(done.stdout)
    files = report.pop("files")
    assert json.loads((project / files[0]).read_text()) == report
    assert min(size(project / files[1])) >= 600
    assert (report["unit"], report["values"]) == ("degrees", [-20, 0, 20])
    first, second, third = report["runs"]
    assert all(each.pop("seconds") > 0 for each in report["runs"])
    assert (second, third) == ({**first, "run": "twin"}, {**first, "run": "third"})
    assert first["num_examples"] == 32
    wrong = [error * 32 / 100 for error in first["error_percent"]]
    assert wrong == pytest.approx([round(number) for number in wrong])
    assert len(wrong) == 3


def test_sweep_notes_that_errors_cannot_be_compared(project, in_project):
    """A run classifies 10 digits, another one their 19 sums."""
    sums = ("--set", "data.distortion={set: addition, canvas: [12, 12]}", "--set", "train.epochs=1")
    trained = in_project("train", "tiny.yaml", "--runs-dir", "sums", "--name", "sums", *sums)
    assert trained.returncode == 0, trained.stderr
    done = in_project("eval", "stn", "sums/sums", "--sweep", "shift=0", "--json")
    assert done.returncode == 0, done.stderr
    assert "the runs have 10 and 19 classes: their errors can't be compared" in done.stderr
    ranges = [curve["trained_range"] for curve in json.loads(done.stdout)["runs"]]
    assert ranges == [None, [0, pytest.approx(1.8)]]


def test_sweep_of_runs_with_equal_names(project, in_project, copies):
    """The table has the paths of the runs, and other runs of equal names have other files."""
    runs = (*copies[:2], "others/twin")
    done = in_project("eval", *runs, "--sweep", "scale=1")
    assert done.returncode == 0, done.stderr
    assert "evaluated on different images: they differ in the random seed" in done.stderr
    assert "copies/twin  1/1  scale 1  error " in done.stderr
    title, headings = non_empty_lines(done.stdout)[:2]
    assert title == "error % on test by scale"
    assert headings.split()[1:] == ["runs/stn", "copies/twin", "others/twin", "sharpness"]
    first = written_files(done.stdout, "sweep-scale-1-with-twin-twin-")
    shutil.move(project / "others" / "twin", project / "others" / "twin-twin")
    again = in_project("eval", "stn", "others/twin-twin", "--sweep", "scale=1")
    assert again.returncode == 0, again.stderr
    second = written_files(again.stdout, "sweep-scale-1-with-twin-twin-")
    assert not set(first) & set(second)
    assert all((project / file).exists() for file in first)
