"""``stnctl train`` rejects every bad config, with its place, within a second, without Keras."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.config.bad.files import EXTENDING, PATHS, make
from tests.config.bad.overrides import OVERRIDES
from tests.config.bad.texts import ALIASES, FORMS, KEYS, SIZES, TAGS
from tests.config.bad.values import KINDS, NUMBERS, TEXTS, WHOLE_NUMBERS

BAD_TEXTS = SIZES | ALIASES | KEYS | TAGS | FORMS | WHOLE_NUMBERS | NUMBERS | TEXTS | KINDS
BAD_PATHS = PATHS | {f"extends {name}": entry for name, entry in EXTENDING.items()}
LIMIT_S = 1.0


def write(path, text):
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """The results by name: texts and paths by their names, overrides as ``--set name``."""
    folder = tmp_path_factory.mktemp("bad")
    jobs = {}
    for n, (name, (text, _)) in enumerate(BAD_TEXTS.items()):
        jobs[name] = [write(folder / f"{n}.yaml", text)]
    for n, (name, (maker, _)) in enumerate(BAD_PATHS.items()):
        jobs[name] = [make(folder / f"paths-{n}", maker)]
    good = write(folder / "good.yaml", "seed: 1")
    for name, (override, _) in OVERRIDES.items():
        jobs[f"--set {name}"] = [good, "--set", override]
    found = run_all([["train", *job, "--dry-run"] for job in jobs.values()])
    yield {name: (jobs[name][0], *rest) for name, *rest in zip(jobs, found, strict=True)}
    assert not (folder / "pwned").exists()
    assert not (folder / "runs").exists()


def run_all(arguments):
    done = subprocess.run(
        [sys.executable, "-m", "tests.config.bad.child"],
        input=json.dumps(arguments),
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def assert_rejected(result):
    assert result["code"] == 2, result
    assert result["out"] == ""
    assert result["heavy"] == []
    assert "Traceback" not in result["err"]
    assert result["seconds"] < LIMIT_S
    assert len(result["err"]) < 40_000


@pytest.mark.parametrize("name", BAD_TEXTS)
def test_train_rejects_text(results, name):
    path, result = results[name]
    assert_rejected(result)
    assert f"{path}:{BAD_TEXTS[name][1]}" in result["err"]


@pytest.mark.parametrize("name", BAD_PATHS)
def test_train_rejects_path(results, name):
    path, result = results[name]
    assert_rejected(result)
    assert str(Path(path).parent) in result["err"]
    assert BAD_PATHS[name][1] in result["err"]


@pytest.mark.parametrize("name", OVERRIDES)
def test_train_rejects_override(results, name):
    _, result = results[f"--set {name}"]
    assert_rejected(result)
    assert "error --set " in result["err"]
    assert OVERRIDES[name][1] in result["err"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_train_rejects_unreadable_file(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text("seed: 1")
    path.chmod(0)
    [result] = run_all([["train", str(path), "--dry-run"]])
    assert_rejected(result)
    assert f"{path}: can't be read: Permission denied" in result["err"]


@pytest.mark.parametrize("name", ["10,000 lists in brackets", "a call of a function", "a NUL"])
def test_train_rejects_text_as_a_command(tmp_path, name):
    text, message = BAD_TEXTS[name]
    path = write(tmp_path / "c.yaml", text)
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "stnctl", "train", path],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert f"error {path}:{message}" in done.stderr
    assert not [
        line for line in done.stderr.splitlines() if line.endswith((" keras", " tensorflow"))
    ]
    assert list(tmp_path.iterdir()) == [tmp_path / "c.yaml"]
