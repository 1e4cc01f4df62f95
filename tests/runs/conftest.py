import pytest

from stnctl.runs.directory import RunDirectory
from stnctl.runs.provenance import DataRecord, first_record
from stnctl.storage.json_files import write_json
from tests.children import arrays, run_python, start_python

__all__ = ["arrays", "run_python", "start_python"]


@pytest.fixture
def runs_dir(tmp_path):
    return tmp_path / "runs"


@pytest.fixture
def make_run(runs_dir):
    """Make a complete run, without checkpoints."""

    def make(name):
        run = RunDirectory(runs_dir / name)
        run.path.mkdir(parents=True)
        run.config.write_text("seed: 0\n", encoding="utf-8")
        record = first_record(
            name, argv=["stnctl", "train"], seed=0, data=DataRecord("digits", "00"), environment={}
        )
        write_json(run.run, record)
        return run

    return make


@pytest.fixture
def run(make_run):
    return make_run("x")
