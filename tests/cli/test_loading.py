import numpy as np
import pytest

from stnctl.cli import console, loading
from stnctl.config.load import parse_config
from stnctl.inspection.distortion_preview import LostMass
from stnctl.runs.directory import RunDirectory
from tests.data.synthetic import synthetic_arrays


@pytest.fixture(autouse=True)
def fresh_console():
    console.err.cache_clear()
    yield
    console.err.cache_clear()


@pytest.mark.parametrize("note", ["trained with jax, now on tensorflow", None])
def test_note_run_prints_the_run_and_the_note(tmp_path, capsys, note):
    loading._note_run(RunDirectory(tmp_path / "x"), note)
    lines = capsys.readouterr().err.replace("\n", "").replace(str(tmp_path), "TMP")
    assert lines.startswith("run   TMP/x")
    assert ("note  trained with jax" in lines) is (note is not None)


@pytest.mark.parametrize(("mean", "warned"), [(0.05, False), (0.06, True)])
def test_warn_of_lost_mass_above_the_limit(capsys, mean, warned):
    loading.warn_of_lost_mass(LostMass(mean, 0.5, 10))
    assert ("of a digit's mass leaves the canvas" in capsys.readouterr().err) is warned


@pytest.mark.parametrize("first", [0, 1])
def test_open_job_warns_of_labels_from_one(tmp_path, capsys, first):
    """The letters of EMNIST have the labels 1 to 26."""
    arrays = synthetic_arrays(train=40)
    labels = {name: array + first for name, array in arrays.items() if name.startswith("y")}
    np.savez(tmp_path / "a.npz", **{**arrays, **labels})
    config = parse_config("", where="x", overrides=[f"data.source={tmp_path / 'a.npz'}"])
    assert loading.open_job(config, network=False).num_classes == 10 + first
    errors = " ".join(capsys.readouterr().err.split())
    assert ("the network has 11 outputs, from 0: set `data.first_label: 1`" in errors) is bool(
        first
    )
