import pytest

from stnctl.cli import loading
from stnctl.runs.directory import RunDirectory
from stnctl.runs.provenance import DataRecord, start_record


@pytest.fixture
def run(tmp_path):
    data = DataRecord("digits", "0" * 64)
    run = RunDirectory(tmp_path)
    start_record(run, argv=[], seed=0, data=data, environment={"backend": "tensorflow"})
    return run


@pytest.mark.parametrize(("now", "words"), [("jax", "trained with tensorflow"), ("tensorflow", "")])
def test_note_other_backend_tells_of_a_change(run, monkeypatch, capsys, now, words):
    monkeypatch.setattr(loading, "chosen_backend", lambda: now)
    loading.console.err.cache_clear()
    loading.note_other_backend(run)
    loading.console.err.cache_clear()
    stderr = capsys.readouterr().err
    assert words in stderr
    assert bool(stderr) is bool(words)
