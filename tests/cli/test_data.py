import hashlib
import json
import shlex

import numpy as np
import pytest
import yaml

from stnctl.config.choices import SPLITS
from stnctl.config.load import load_config, parse_config
from stnctl.data.sources.dataset_loader import load_dataset
from stnctl.models.job import Job
from tests.data.synthetic import write_npz

CONFIG = """
data: {source: tiny.npz, distortion: R, pixels: raw, validation: 0.25}
model:
  transformer: {localization: {filters: [4]}}
  classifier: {filters: [4], units: 8}
train: {epochs: 1, threads: 1}
"""


@pytest.fixture
def project(tmp_path):
    """Return a folder with tiny data, its config under R, and one without a distortion."""
    write_npz(tmp_path / "tiny.npz", train=64, test=32, side=12)
    (tmp_path / "r.yaml").write_text(CONFIG, encoding="utf-8")
    plain = CONFIG.replace("distortion: R", "distortion: none")
    (tmp_path / "plain.yaml").write_text(plain, encoding="utf-8")
    return tmp_path


@pytest.fixture
def exported(project, stnctl):
    """Return the document of an export under R, with training images of the second epoch."""
    done = stnctl(
        "data", "export", "r.yaml", "--epoch", "2", "--seed", "5", "-o", "x.npz", "--json"
    )
    assert done.returncode == 0
    assert "of a digit's mass leaves the canvas" in done.stderr  # the corners of the noise
    return json.loads(done.stdout)


@pytest.mark.usefixtures("keras_backend")
def test_export_equals_the_network_inputs(project, exported, monkeypatch):
    """The file, read with the printed section, has exactly the inputs of a training."""
    monkeypatch.chdir(project)
    keys = {"x_validation": "x_validation", "y_validation": "y_validation"}
    assert exported["section"] == {"source": "x.npz", "pixels": "raw", "keys": keys}
    text = yaml.safe_dump({"data": exported["section"]})
    again = load_dataset(parse_config(text, where="x").data)
    config = load_config(project / "r.yaml", ["seed=5", "data.pixels=unit"])
    dataset = load_dataset(config.data)
    for name in SPLITS:
        view, split = Job(config, dataset).view(name, compiled=True), again.split(name)
        epoch = view.examples(1 if name == "train" else 0)
        np.testing.assert_array_equal(split.images, epoch.inputs(np.arange(len(view))), strict=True)
        np.testing.assert_array_equal(split.labels, epoch.labels, strict=True)
    check_document(exported, project)


def check_document(document, folder):
    """Check that the document of an export under R describes the file."""
    assert document["file"] == "x.npz"
    assert document["distortion"] == {"set": "R", "rotation": [-90.0, 90.0], "canvas": None}
    assert (document["transform"], document["epoch"]) == (["affine"], 2)
    rotation = document["drawn"]["test"]["rotation"]
    assert -90 <= rotation["least"] < -45 < 45 < rotation["largest"] < 90
    with np.load(folder / "x.npz") as archive:
        assert archive["theta_validation"].shape == (16, 6)
        assert list(document["arrays"]) == archive.files
        for name, array in document["arrays"].items():
            values = archive[name]
            assert array == {
                "shape": list(values.shape),
                "dtype": "<U6" if name == "transform" else values.dtype.name,
                "num_bytes": values.nbytes,
                "sha256": hashlib.sha256(values.tobytes()).hexdigest(),
            }


def test_export_prints_a_command_that_trains_on_the_file(project, stnctl, monkeypatch):
    options = ("--split", "test", "--dtype", "uint8", "-o", "x.npz")
    done = stnctl("data", "export", "plain.yaml", *options)
    assert (done.returncode, done.stdout) == (0, "x.npz\n"), done.stderr
    [line] = done.stderr.splitlines()
    command = shlex.split(line.removeprefix("next "))
    assert command[:4] == ["stnctl", "train", "plain.yaml", "--set"]
    monkeypatch.chdir(project)
    original, printed = (
        load_config(project / "plain.yaml", overrides).data for overrides in ([], command[4:])
    )
    assert printed.pixels == "raw"
    images, again = load_dataset(original).test.images, load_dataset(printed)
    np.testing.assert_array_equal(again.test.images, images, strict=True)
    assert len(again.train) + len(again.validation) == len(images)


def test_export_rejects_its_data_source_as_output(project, stnctl):
    written = (project / "tiny.npz").read_bytes()
    for source in ("tiny.npz", "~/tiny.npz"):
        options = ("--set", f"data.source={source}", "-o", str(project / "tiny.npz"), "--force")
        done = stnctl("data", "export", "plain.yaml", *options, HOME=str(project))
        assert (done.returncode, done.stdout) == (2, "")
        assert "is the data of the configuration" in done.stderr
        assert (project / "tiny.npz").read_bytes() == written


def test_export_replaces_a_file_with_force_only(project, stnctl):
    first = stnctl("data", "export", "plain.yaml", "-o", "x.npz")
    assert first.returncode == 0, first.stderr
    written = (project / "x.npz").read_bytes()
    rejected = stnctl("data", "export", "plain.yaml", "-o", "x.npz", "--split", "test")
    assert (rejected.returncode, rejected.stdout) == (2, "")
    assert "--force" in rejected.stderr
    assert (project / "x.npz").read_bytes() == written
    forced = stnctl("data", "export", "plain.yaml", "-o", "x.npz", "--split", "test", "--force")
    assert forced.returncode == 0, forced.stderr
    with np.load(project / "x.npz") as archive:
        assert archive.files == ["x_test", "y_test"]
    same = stnctl("data", "export", "plain.yaml", "-o", "x.npz", "--force")
    assert same.returncode == 0, same.stderr
    assert (project / "x.npz").read_bytes() == written


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("gone.yaml",), 2, "gone.yaml"),
        (("plain.yaml", "--split", "tests"), 2, "did you mean test?"),
        (("plain.yaml", "--dtype", "float64"), 2, "--dtype: expected one of float32, uint8"),
        (("plain.yaml", "--split", "test", "--epoch", "2"), 2, "data.test_seed"),
        (("plain.yaml", "--set", "data.source=no.npz"), 3, "no.npz"),
        (("plain.yaml", "--set", "data.distortion=TC", "-s", "data.distortion.clutter_size=13"), 2,
         "larger than the images (12x12)"),
        (("plain.yaml", "-o", "no/x.npz"), 4, "no folder"),
        (("plain.yaml", "-o", "tiny.npz", "--force"), 2, "tiny.npz is the data"),
    ],
)  # fmt: skip
def test_export_rejects(project, stnctl, args, code, message):
    before = {path: path.read_bytes() for path in project.iterdir()}
    done = stnctl("data", "export", "-o", "x.npz", *args)
    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert {path: path.read_bytes() for path in project.iterdir()} == before
