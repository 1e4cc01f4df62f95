import pytest

from stnctl.config.sweep_load import load_sweep
from stnctl.sweeps.session import open_session


@pytest.fixture
def runs_dir(tmp_path):
    return tmp_path / "runs"


@pytest.fixture
def load(tmp_path):
    """Load the sweep ``find`` of a text."""

    def load(text):
        path = tmp_path / "find.yaml"
        path.write_text(text, encoding="utf-8")
        return load_sweep([path])

    return load


@pytest.fixture
def open_sweep(load, runs_dir):
    """Open the session of the sweep ``find`` of a text."""
    return lambda text: open_session(load(text), runs_dir)
