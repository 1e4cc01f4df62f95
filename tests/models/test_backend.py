import json
import os
import subprocess
import sys

import pytest

from stnctl.models import backend

SCRIPT = """
import json, os, pathlib, sys
from stnctl.models.backend import start_backend

backend = start_backend(threads=3, log=pathlib.Path(sys.argv[1]))
import keras
import tensorflow as tf

os.write(2, b"from native code\\n")
tf.get_logger().warning("from TensorFlow's logger")
print("from Python", file=sys.stderr)
threads = tf.config.threading
print(json.dumps({
    "backend": backend,
    "threads": [
        threads.get_intra_op_parallelism_threads(), threads.get_inter_op_parallelism_threads()
    ],
    "floatx": keras.config.floatx(),
    "image_data_format": keras.config.image_data_format(),
}))
"""
SET_BY_TESTS = ("KERAS_BACKEND", "TF_CPP_MIN_LOG_LEVEL")
OTHER_SETTINGS = {"backend": "jax", "floatx": "float64", "image_data_format": "channels_first"}


@pytest.fixture(scope="module")
def child(tmp_path_factory):
    """Run the script with a keras.json of other settings; return the process and its log."""
    folder = tmp_path_factory.mktemp("backend")
    (folder / "keras.json").write_text(json.dumps(OTHER_SETTINGS), encoding="utf-8")
    log = folder / "log.txt"
    log.write_text("an old line\n", encoding="utf-8")
    environment = {name: text for name, text in os.environ.items() if name not in SET_BY_TESTS}
    child = subprocess.run(
        [sys.executable, "-c", SCRIPT, log],
        capture_output=True,
        encoding="utf-8",
        env=environment | {"KERAS_HOME": str(folder)},
    )
    assert child.returncode == 0, child.stderr
    return child, log.read_text(encoding="utf-8")


def test_start_backend_ignores_keras_json(child):
    assert json.loads(child[0].stdout) == {
        "backend": "tensorflow",
        "threads": [1, 3],
        "floatx": "float32",
        "image_data_format": "channels_last",
    }


def test_start_backend_logs_native_output(child):
    """Output of native code and TensorFlow is appended to the log, and is nowhere else."""
    _, log = child
    assert log.startswith("an old line\n")
    assert "from native code\n" in log
    assert "from TensorFlow's logger\n" in log
    assert "from Python" not in log


def test_start_backend_keeps_python_stderr(child):
    assert child[0].stderr == "from Python\n"


def test_start_backend_reports_an_error_of_keras(tmp_path):
    """For example, Keras can't read keras.json."""
    (tmp_path / "keras.json").write_text('{"epsilon": 1}', encoding="utf-8")
    code = "from stnctl.models.backend import start_backend; start_backend(threads=1)"
    child = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"KERAS_HOME": str(tmp_path)},
        check=False,
    )
    assert child.returncode == 1
    last = child.stderr.splitlines()[-1]
    assert last.startswith(
        "stnctl.errors.EnvironmentFault: Keras can't be loaded with tensorflow: "
    )


@pytest.mark.parametrize(("home", "found"), [("/home/x", None), ("~", "cache/keras")])
def test_start_backend_without_home(monkeypatch, home, found):
    """Keras' files would be in a folder named `~`."""
    monkeypatch.delenv("KERAS_HOME", raising=False)
    monkeypatch.setenv("STNCTL_CACHE_DIR", "cache")
    monkeypatch.setattr("os.path.expanduser", lambda _: home)
    backend._find_home()
    assert os.environ.get("KERAS_HOME") == found
    monkeypatch.delenv("KERAS_HOME", raising=False)


@pytest.mark.parametrize(
    ("threads", "size", "parts"),
    [(1, 32, 1), (2, 32, 2), (2, 31, 1), (4, 32, 4), (4, 34, 1), (8, 32, 4), (3, 30, 3)],
)
def test_parts_of_batch(monkeypatch, threads, size, parts):
    monkeypatch.setattr(backend, "_started_threads", [threads])
    assert backend.parts_of_batch(size) == parts
