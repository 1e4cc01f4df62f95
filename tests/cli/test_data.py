import hashlib
import json
import shlex

import numpy as np
import pytest

from stnctl.config import load_config, parse_config
from stnctl.data.dataset import SPLITS
from stnctl.data.sources import load_dataset
from stnctl.evaluation.views import compiled_view
from tests.data.synthetic import write_npz

CONFIG = """
data: {source: tiny.npz, distortion: R, pixels: raw, validation: 0.25}
model:
  transformer: {localization: {filters: [4]}}
  classifier: {filters: [4], units: 8}
train: {epochs: 1, threads: 1}
"""


@pytest.fixture
def workshop(tmp_path):
    """A folder with tiny data, a configuration of it under R, and one without a distortion."""
    write_npz(tmp_path / "tiny.npz", train=64, test=32, side=12)
    (tmp_path / "r.yaml").write_text(CONFIG, encoding="utf-8")
    plain = CONFIG.replace("distortion: R", "distortion: none")
    (tmp_path / "plain.yaml").write_text(plain, encoding="utf-8")
    return tmp_path


@pytest.mark.usefixtures("keras_backend")
def test_export_is_what_the_network_would_see(workshop, stnctl, monkeypatch):
    """To the bit, with the images of the training's second epoch; and it can be trained on."""
    monkeypatch.chdir(workshop)
    done = stnctl("data", "export", "r.yaml", "--epoch", "2", "-o", "x.npz", "--seed", "5")
    assert (done.returncode, done.stdout) == (0, "x.npz\n"), done.stderr
    [line] = done.stderr.splitlines()
    command = shlex.split(line.removeprefix("next "))
    assert command[:4] == ["stnctl", "train", "r.yaml", "--set"]

    config = load_config(workshop / "r.yaml", ["seed=5", "data.pixels=unit"])
    dataset = load_dataset(config.data)
    again = load_dataset(parse_config("", where="x", overrides=command[-1:]).data)
    for name in SPLITS:
        view = compiled_view(config, dataset, name)
        epoch = view.epoch(1 if name == "train" else 0)
        split = again.split(name)
        np.testing.assert_array_equal(split.images, epoch.inputs(np.arange(len(view))), strict=True)
        np.testing.assert_array_equal(split.labels, epoch.labels, strict=True)
    with np.load(workshop / "x.npz") as archive:
        assert archive["theta_validation"].shape == (16, 6)

    trained = stnctl(*command[1:], "--name", "trained", "--quiet")
    assert (trained.returncode, trained.stdout) == (0, "runs/trained\n"), trained.stderr
    assert load_config(workshop / "runs" / "trained" / "config.yaml").data.pixels == "raw"


def test_export_tells_what_is_in_the_file(workshop, stnctl):
    options = ("--split", "test", "--dtype", "uint8", "--json")
    done = stnctl("data", "export", "r.yaml", *options, "-o", "x.npz")
    document = json.loads(done.stdout)
    assert document["file"] == "x.npz"
    assert document["distortion"] == {"set": "R", "rotation": [-90.0, 90.0], "canvas": None}
    assert document["transform"] == ["affine"]
    rotation = document["drawn"]["test"]["rotation"]
    assert -90 <= rotation["least"] < -45 < 45 < rotation["largest"] < 90
    with np.load(workshop / "x.npz") as archive:
        assert list(document["arrays"]) == archive.files
        for name, array in document["arrays"].items():
            values = archive[name]
            assert array == {
                "shape": list(values.shape),
                "dtype": values.dtype.name,
                "num_bytes": values.nbytes,
                "sha256": hashlib.sha256(values.tobytes()).hexdigest(),
            }
        assert archive["x_test"].dtype == np.uint8
    assert document["section"] == {
        "source": "x.npz",
        "pixels": "raw",
        "keys": {"x_train": "x_test", "y_train": "y_test"},
    }


def test_export_replaces_a_file_only_by_force(workshop, stnctl):
    first = stnctl("data", "export", "plain.yaml", "-o", "x.npz")
    assert first.returncode == 0, first.stderr
    written = (workshop / "x.npz").read_bytes()
    refused = stnctl("data", "export", "plain.yaml", "-o", "x.npz", "--split", "test")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--force" in refused.stderr
    assert (workshop / "x.npz").read_bytes() == written
    forced = stnctl("data", "export", "plain.yaml", "-o", "x.npz", "--split", "test", "--force")
    assert forced.returncode == 0, forced.stderr
    with np.load(workshop / "x.npz") as archive:
        assert archive.files == ["x_test", "y_test"]
    same = stnctl("data", "export", "plain.yaml", "-o", "x.npz", "--force")
    assert same.returncode == 0, same.stderr
    assert (workshop / "x.npz").read_bytes() == written


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
def test_export_rejects(workshop, stnctl, args, code, message):
    before = {path: path.read_bytes() for path in workshop.iterdir()}
    done = stnctl("data", "export", "-o", "x.npz", *args)
    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert {path: path.read_bytes() for path in workshop.iterdir()} == before
