"""``stnctl export``: the model of a run in the format of another program."""

import importlib.util
import json
import subprocess
import sys

import numpy as np
import pytest

READ = """
import sys
import numpy as np
import tensorflow as tf

model = tf.saved_model.load(sys.argv[1])
print(model.serve(np.zeros((3, 12, 12, 1), np.float32)).shape, "stnctl" in sys.modules)
"""


@pytest.fixture
def options(project):
    return ("--runs-dir", str(project / "runs"), "--data", str(project / "tiny.npz"))


def test_export(stnctl, options):
    """The SavedModel is loaded without stnctl, and an existing folder is replaced with --force."""
    arguments = ("export", "stn", "--format", "saved_model", "-o", "served", *options)
    done = stnctl(*arguments)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "served/saved_model\n"
    assert "test images differ by at most" in done.stderr
    path = stnctl.folder / "served" / "saved_model"
    read = subprocess.run([sys.executable, "-c", READ, path], capture_output=True, text=True)
    assert read.stdout == "(3, 10) False\n", read.stderr

    again = stnctl(*arguments)
    assert (again.returncode, again.stdout) == (2, "")
    assert "served exists already" in again.stderr


def test_export_json(stnctl, project, options):
    document = json.loads(stnctl("export", "stn", "--format", "keras", "--json", *options).stdout)
    folder = project / "runs" / "stn" / "exports" / "keras"
    assert document["folder"] == str(folder)
    assert sorted(path.name for path in folder.iterdir()) == ["export.json", "model.keras"]


def test_export_rejects(stnctl, options):
    (stnctl.folder / "photos").mkdir()
    cases = [
        (("--format", "pt"), 2, "--format: expected one of keras, saved_model, onnx, litert"),
        ((), 2, "Missing option '--format'"),
        (("--format", "keras", "-o", "photos", "--force"), 2, "is no folder with the file export"),
        (("--format", "keras", "-o", "none/x"), 4, "there is no folder none"),
    ]
    if importlib.util.find_spec("tf2onnx") is None:
        cases.append((("--format", "onnx"), 2, 'pip install "stnctl[onnx]"'))
    for arguments, code, message in cases:
        done = stnctl("export", "stn", *arguments, *options)
        assert (done.returncode, done.stdout) == (code, ""), arguments
        assert message in done.stderr
    assert [path.name for path in stnctl.folder.iterdir()] == ["photos"]


def test_export_onnx_is_run_without_stnctl(stnctl, options):
    pytest.importorskip("tf2onnx", reason="needs the extra onnx")
    onnxruntime = pytest.importorskip("onnxruntime", reason="needs the extra onnx")
    done = stnctl("export", "stn", "--format", "onnx", "-o", "x", *options)
    assert done.returncode == 0, done.stderr
    session = onnxruntime.InferenceSession(str(stnctl.folder / "x" / "model.onnx"))
    [logits] = session.run(None, {"U": np.zeros((3, 12, 12, 1), np.float32)})
    assert logits.shape == (3, 10)
