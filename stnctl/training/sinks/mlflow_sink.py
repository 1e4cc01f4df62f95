"""Sink of MLflow, at the address in $MLFLOW_TRACKING_URI, default a file database."""

import logging
import os
from typing import Any

from stnctl.storage.json_files import read_json, write_json
from stnctl.training.sinks.sink import SinkStart, Values

FILE = "mlflow.json"
"""File with the id of the run in MLflow, so that a resumed training continues it."""

EXPERIMENT_VARIABLE = "MLFLOW_EXPERIMENT_NAME"
DEFAULT_EXPERIMENT = "stnctl"

_STATUS = {"finished": "FINISHED", "stopped": "KILLED", "failed": "FAILED"}
_MAX_VALUE = 500  # characters


class MlflowSink:
    """Sink that logs parameters and metrics of a run to MLflow."""

    def __init__(self) -> None:
        """Create a sink without a connection."""
        self._client: Any = None
        self._id = ""

    def open(self, start: SinkStart) -> None:
        """Create a run in MLflow, or continue that of an interrupted training."""
        from mlflow.tracking import MlflowClient

        logging.getLogger("mlflow").setLevel(logging.WARNING)
        self._client = MlflowClient()
        path = start.folder / FILE
        if path.is_file():
            self._id = read_json(path)["run_id"]
            self._client.update_run(self._id, status="RUNNING")
            return
        name = os.environ.get(EXPERIMENT_VARIABLE) or DEFAULT_EXPERIMENT
        found = self._client.get_experiment_by_name(name)
        experiment = found.experiment_id if found else self._client.create_experiment(name)
        self._id = self._client.create_run(experiment, run_name=start.name).info.run_id
        write_json(path, {"run_id": self._id})
        for key, value in start.config.items():
            self._client.log_param(self._id, key, str(value)[:_MAX_VALUE])

    def write(self, epoch: int, values: Values) -> None:
        """Log the numbers of an epoch, which is the step."""
        for name, value in values.items():
            self._client.log_metric(self._id, name, value, step=epoch)

    def close(self, status: str) -> None:
        """Set the final status of the run."""
        self._client.set_terminated(self._id, _STATUS[status])
