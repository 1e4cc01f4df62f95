import json
import shlex

import pytest

from stnctl.config.load import load_config
from tests.cli.conftest import TINY
from tests.data.synthetic import write_npz
from tests.image_files import size


@pytest.fixture
def tiny_project(tmp_path, stnctl):
    """Return the command, in a folder with tiny data and its config."""
    write_npz(tmp_path / "tiny.npz", train=64, test=32, side=12)
    (tmp_path / "tiny.yaml").write_text(TINY.format(data="tiny.npz"), encoding="utf-8")
    return stnctl


def files(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


GIVEN_FILES = {"tiny.npz", "tiny.yaml"}


def test_preview_prints_and_writes_its_report(tiny_project):
    """A rotated image of noise loses its corners, so there is a warning."""
    data = tiny_project.folder / "tiny.npz"
    changes = ("--set", "data.distortion=R", "--set", f"data.source={data}")
    done = tiny_project("preview", "tiny.yaml", *changes, "--seed", "3")
    assert done.returncode == 0, done.stderr
    folder = tiny_project.folder / "runs" / "preview" / "tiny" / "train"
    made = {f"runs/preview/tiny/train/{name}.png" for name in ("grid", "classes")}
    assert files(tiny_project.folder) == {*GIVEN_FILES, *made, "runs/.gitignore"}
    lines = done.stdout.splitlines()
    assert lines[0] == "tiny: R, train of tiny.npz"
    assert [line.split()[:2] for line in lines if "rotation" in line] == [["rotation", "degrees"]]
    assert set(lines[-2:]) == made
    assert min(size(folder / "grid.png")) > 1000
    assert min(size(folder / "classes.png")) > 400
    messages = done.stderr.splitlines()
    assert messages[0] == f"data  {data}, 48 images of train"
    assert "WARNING" in messages[1]
    command = shlex.join(["stnctl", "train", "tiny.yaml", *changes, "--set", "seed=3"])
    assert messages[-1] == f"next  {command}"
    assert "there are no runs" in tiny_project("eval", "latest").stderr


def test_preview_json_is_one_document(tiny_project):
    changes = ("--set", "data.distortion=addition", "--set", "data.pixels=raw")
    done = tiny_project(
        "preview", "tiny.yaml", *changes, "--split", "test", "-o", "here/it/is", "--json"
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["files"] == ["here/it/is/grid.png", "here/it/is/classes.png"]
    assert files(tiny_project.folder) == {*GIVEN_FILES, *report["files"]}
    assert report["config"] == "tiny.yaml"
    assert report["data"] == "tiny.npz"
    assert report["split"] == "test"
    config = load_config(tiny_project.folder / "tiny.yaml", ["data.distortion=addition"])
    assert report["distortion"] == config.model_dump(mode="json")["data"]["distortion"]
    assert (report["num_examples"], report["num_classes"]) == (32, 19)
    assert (report["canvas"], report["num_channels"]) == ([42, 42], 2)
    assert set(report["drawn"]) == {"rotation", "scale", "shift_x", "shift_y"}
    scale = report["drawn"]["scale"]
    assert 0.7 <= scale["least"] < scale["mean"] < scale["largest"] <= 1.2
    assert report["lost_mass"]["num_images"] == 64
    assert 0 < report["lost_mass"]["mean"] < 0.05 < report["lost_mass"]["worst"] < 0.3
    assert report["images_per_second"] > 0


def test_preview_rejects_digits_that_leave_the_canvas(tiny_project):
    distortion = "data.distortion=[rotate, {step: shift, distance: [20, 20]}]"
    done = tiny_project("preview", "tiny.yaml", "--set", distortion, "-o", "gone")
    assert (done.returncode, done.stdout) == (2, "")
    assert "leaves the canvas of 12x12; expected at most 50%" in done.stderr
    assert "without `shift`" in done.stderr
    assert files(tiny_project.folder) == GIVEN_FILES
    assert not (tiny_project.folder / "gone").exists()


def test_preview_of_plain_images_has_no_speed(tiny_project):
    """The name of the config is not that of a folder."""
    (tiny_project.folder / "tiny.yaml").rename(tiny_project.folder / "...yaml")
    done = tiny_project("preview", "...yaml", "--set", "name=null")
    assert done.returncode == 0, done.stderr
    assert (tiny_project.folder / "runs" / "preview" / "run" / "train" / "grid.png").exists()
    [header] = [line for line in done.stdout.splitlines() if "images/s" in line]
    [row] = [line for line in done.stdout.splitlines() if "12x12" in line]
    assert (header.split()[-1], row.split()[-1]) == ("images/s", "-")


def test_preview_replaces_files_with_force_only(tiny_project):
    """It rejects them before it reads the data."""
    (tiny_project.folder / "here").mkdir()
    (tiny_project.folder / "here" / "classes.png").write_bytes(b"precious")
    missing = ("--set", "data.source=no.npz", "-o", "here")
    done = tiny_project("preview", "tiny.yaml", *missing)
    assert (done.returncode, done.stdout) == (2, "")
    assert "here/classes.png exists already" in done.stderr
    assert "--force" in done.stderr
    assert "no.npz" in tiny_project("preview", "tiny.yaml", *missing, "--force").stderr


def test_preview_writes_nothing_into_a_run(tiny_project):
    """Version 0.1.0 allowed the name of the folder of previews for a run."""
    run = tiny_project.folder / "runs" / "preview"
    run.mkdir(parents=True)
    for name in ("config.yaml", "run.json"):
        (run / name).touch()
    done = tiny_project("preview", "tiny.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert "runs/preview is a run, expected the folder of previews" in done.stderr


@pytest.mark.parametrize("folder", ["tiny.npz", "tiny.npz/x/y"])
def test_preview_rejects_a_file_as_folder(tiny_project, folder):
    done = tiny_project("preview", "tiny.yaml", "-o", folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert "tiny.npz is a file, expected a folder" in done.stderr.splitlines()[0]
    assert files(tiny_project.folder) == GIVEN_FILES


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        ((), 2, "CONFIG"),
        (("tiny.yml",), 2, "did you mean tiny.yaml?"),
        (("tiny.yaml", "--set", "data.distortion=RST"), 2, "did you mean RTS?"),
        (("tiny.yaml", "--set", "data.distorsion=R"), 2, "did you mean distortion?"),
        (("tiny.yaml", "--seed", "-1"), 2, "seed"),
        (("tiny.yaml", "--split", "tset"), 2, "did you mean test?"),
        (("tiny.yaml", "--set", "data.source=no.npz"), 3, "no.npz"),
        (("tiny.yaml", "--set", "data.distortion={set: TC, clutter_size: 13}"), 2, "crops of 13"),
        (("tiny.yaml", "--set", "model.classifier.filters=[4, 4, 4]"), 2, "12x12"),
    ],
)
def test_preview_rejects(tiny_project, args, code, message):
    done = tiny_project("preview", *args)
    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert files(tiny_project.folder) == GIVEN_FILES
