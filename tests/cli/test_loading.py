import pytest

from stnctl.cli import console, loading
from stnctl.inspection.distortion_preview import LostMass
from stnctl.runs.directory import RunDirectory


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
