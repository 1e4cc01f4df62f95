import json
import re
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from stnctl.config.choices import EXPORT_FORMATS
from stnctl.config.load import parse_config
from stnctl.data.sources.dataset_loader import load_dataset
from stnctl.errors import EnvironmentFault, UsageError
from stnctl.evaluation import run_export
from stnctl.evaluation.loaded_run import LoadedRun
from stnctl.evaluation.run_export import DOCUMENT, MAX_COMPARED, TOLERANCE, export_run
from stnctl.models.exports.formats import FORMATS
from stnctl.models.job import Job
from stnctl.runs.directory import RunDirectory

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "networks.md").read_text(encoding="utf-8")
NETWORKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
TINY = "model: {transformer: {localization: compact}, classifier: {network: speedrun}}"


def loaded_run(text, *overrides):
    """Return a run of the embedded digits with random weights, so that theta is no identity."""
    from stnctl.models.build import build_model

    config = parse_config(text, where="x", overrides=["data.source=digits", *overrides])
    job = Job(config, load_dataset(config.data))
    model = build_model(config, job.network)
    random = np.random.default_rng(0)
    model.set_weights([w + random.normal(0, 0.03, w.shape) for w in model.get_weights()])
    return LoadedRun(RunDirectory(Path("x")), job, model, num_epochs=3)


@pytest.fixture(scope="module")
def tiny():
    return loaded_run(TINY)


def test_formats_are_those_of_the_command_line():
    assert tuple(FORMATS) == EXPORT_FORMATS


@pytest.mark.parametrize("name", ["keras", "saved_model"])
def test_export_run(tmp_path, tiny, name):
    document = export_run(tiny, name, tmp_path / "sub" / name, checkpoint="best")
    folder = tmp_path / "sub" / name
    assert sorted(path.name for path in folder.iterdir()) == sorted([DOCUMENT, FORMATS[name].file])
    assert json.loads((folder / DOCUMENT).read_text(encoding="utf-8")) == document
    assert document["largest_difference"] <= TOLERANCE * 100
    assert (document["num_compared"], document["epoch"]) == (MAX_COMPARED, 3)
    assert document["input"] == {"shape": [None, 28, 28, 1], "dtype": "float32", "range": [0, 1]}
    assert document["output"] == {"meaning": "logits", "shape": [None, 10]}
    assert document["classes"] == list("0123456789")
    assert document["versions"].keys() == {"stnctl", "keras", "tensorflow", "numpy"}
    assert list((tmp_path / "sub").iterdir()) == [folder]


def test_export_run_replaces_its_folder(tmp_path, tiny, monkeypatch):
    monkeypatch.setattr(run_export, "_difference", lambda *_: 0.0)
    folder = tmp_path / "keras"
    folder.mkdir()
    (folder / "old").write_text("x", encoding="utf-8")
    export_run(tiny, "keras", folder, checkpoint="last")
    assert sorted(path.name for path in folder.iterdir()) == [DOCUMENT, "model.keras"]
    assert list(tmp_path.iterdir()) == [folder]


def another_model(model, path):
    """Export a model with other weights."""
    import keras

    other = keras.models.clone_model(model)
    other.set_weights([weight * 1.01 for weight in model.get_weights()])
    other.save(path)


def unreadable(model, path):
    path.write_bytes(b"no model")


def failing(model, path):
    raise ValueError("no such\nop: Frobnicate")


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (another_model, "the logits of the exported model differ by up to .* nothing was written"),
        (unreadable, "the exported model can't be used: .*model.keras"),
        (failing, "the network of x can't be exported as keras: no such op: Frobnicate"),
    ],
)
def test_export_run_leaves_nothing_after_a_failure(tmp_path, tiny, monkeypatch, write, message):
    monkeypatch.setitem(FORMATS, "keras", replace(FORMATS["keras"], write=write))
    folder = tmp_path / "keras"
    folder.mkdir()
    (folder / "old").write_text("x", encoding="utf-8")
    with pytest.raises(EnvironmentFault, match=message):
        export_run(tiny, "keras", folder, checkpoint="best")
    assert [path.name for path in folder.iterdir()] == ["old"]
    assert list(tmp_path.iterdir()) == [folder]


def test_export_run_rejects_a_slow_model(tmp_path, tiny, monkeypatch):
    monkeypatch.setattr(run_export, "_TIMEOUT", 0.01)
    with pytest.raises(EnvironmentFault, match=r"gave no outputs within 0\.01 seconds"):
        export_run(tiny, "keras", tmp_path / "keras", checkpoint="best")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["onnx", "litert"])
def test_check_names_the_extra_of_a_missing_package(monkeypatch, name):
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(UsageError, match=f"--format {name} needs .*not installed") as caught:
        FORMATS[name].check(name, "float32")
    assert caught.value.hint == f'pip install "stnctl[{name}]"'


@pytest.mark.parametrize("name", EXPORT_FORMATS)
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_check_rejects_other_backends(monkeypatch, name, backend):
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: object())
    monkeypatch.setenv("KERAS_BACKEND", backend)
    if name == "keras":
        FORMATS[name].check(name, "float32")
        return
    with pytest.raises(EnvironmentFault, match=f"needs the backend tensorflow.*{backend}"):
        FORMATS[name].check(name, "float32")


@pytest.mark.parametrize(
    ("name", "valid"), [("keras", True), ("saved_model", True), ("onnx", False), ("litert", False)]
)
def test_check_of_bfloat16(monkeypatch, name, valid):
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: object())
    if valid:
        FORMATS[name].check(name, "bfloat16")
        return
    with pytest.raises(UsageError, match="has no layers in bfloat16"):
        FORMATS[name].check(name, "bfloat16")


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", EXPORT_FORMATS)
def test_export_of_each_network_of_the_docs(tmp_path, name):
    """The logits of each network are those of its run, in a fresh process."""
    missing = [each for each in FORMATS[name].packages if find_spec(each) is None]
    if missing:
        pytest.skip(f"{' and '.join(missing)} not installed; see `make test-extras`")
    failures = []
    for number, text in enumerate(NETWORKS):
        try:
            export_run(loaded_run(text), name, tmp_path / str(number), checkpoint="best")
        except EnvironmentFault as error:
            failures.append(f"{text}\n{error}")
    assert not failures, "\n\n".join(failures)
