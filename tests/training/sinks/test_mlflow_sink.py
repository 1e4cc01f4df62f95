import pytest

from tests.training.sinks.examples import metrics, start

pytest.importorskip("mlflow", reason="needs the extra mlflow")
pytest.importorskip("sqlalchemy", reason="needs the extra mlflow")

from mlflow.tracking import MlflowClient

from stnctl.training.sinks.mlflow_sink import DEFAULT_EXPERIMENT, MlflowSink
from stnctl.training.sinks.sink import values_of

pytestmark = pytest.mark.filterwarnings("ignore")


def write(folder, epochs, status, num_epochs=0):
    sink = MlflowSink()
    sink.open(start(folder, num_epochs=num_epochs))
    for epoch in epochs:
        sink.write(epoch, values_of(metrics(epoch)))
    sink.close(status)


def test_mlflow_reads_a_resumed_training(tmp_path, monkeypatch):
    """The database is a file. The resumed training continues its run."""
    address = f"sqlite:///{tmp_path / 'mlflow.db'}"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
    client = MlflowClient(address)
    write(tmp_path / "sinks", [1, 2], "stopped")
    experiment = client.get_experiment_by_name(DEFAULT_EXPERIMENT).experiment_id
    [run] = client.search_runs([experiment])
    assert run.info.status == "KILLED"

    write(tmp_path / "sinks", [3], "finished", num_epochs=2)
    [run] = client.search_runs([experiment])
    assert (run.info.run_name, run.info.status) == ("x", "FINISHED")
    assert run.data.params == {"seed": "0", "train.epochs": "3", "data.source": "x.npz"}
    history = client.get_metric_history(run.info.run_id, "validation/loss")
    assert [(each.step, each.value) for each in history] == [(1, 1.0), (2, 1.0), (3, 1.0)]
