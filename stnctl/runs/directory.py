"""Layout of a run directory."""

from dataclasses import dataclass
from pathlib import Path

LATEST = "latest"
"""Keyword for the run that was trained last. A run can't have this name."""

PREVIEWS = "preview"
"""Folder of the previews, in the folder of all runs. A run can't have this name."""

SWEEPS = "sweeps"
"""Folder of the sweeps, in the folder of all runs. A run can't have this name."""


@dataclass(frozen=True)
class RunDirectory:
    """Folder of a run. Its properties are the paths of its content, which may not exist."""

    path: Path

    @property
    def name(self) -> str:
        """The name of the run and of its folder."""
        return self.path.name

    @property
    def config(self) -> Path:
        """The complete configuration of the run."""
        return self.path / "config.yaml"

    @property
    def run(self) -> Path:
        """Provenance and events: see `stnctl.runs.provenance`."""
        return self.path / "run.json"

    @property
    def metrics(self) -> Path:
        """Metrics, one row per epoch: see `stnctl.runs.metrics`."""
        return self.path / "metrics.jsonl"

    @property
    def times(self) -> Path:
        """Durations, one row per epoch: see `stnctl.runs.metrics`."""
        return self.path / "times.jsonl"

    @property
    def history(self) -> Path:
        """The curves of the training, which are drawn as it trains."""
        return self.path / "history.png"

    @property
    def snapshots(self) -> Path:
        """Theta of a few examples after each epoch: see `stnctl.runs.snapshots`."""
        return self.path / "snapshots.npz"

    @property
    def log(self) -> Path:
        """Output of the native code of the backend during training, as plain text."""
        return self.path / "train.log"

    @property
    def checkpoints(self) -> Path:
        """The folder of checkpoints and pointers: see `stnctl.runs.checkpoint_writer`."""
        return self.path / "checkpoints"

    @property
    def model(self) -> Path:
        """The best model of a finished run, in the Keras format."""
        return self.path / "model.keras"

    @property
    def eval(self) -> Path:
        """The folder of the results of `stnctl eval`."""
        return self.path / "eval"

    @property
    def inspect(self) -> Path:
        """The folder of the results of `stnctl inspect`."""
        return self.path / "inspect"

    @property
    def exports(self) -> Path:
        """The folder of the models of `stnctl export`."""
        return self.path / "exports"

    @property
    def sinks(self) -> Path:
        """The folder of the files of `train.sinks`."""
        return self.path / "sinks"

    @property
    def report(self) -> Path:
        """The page of `stnctl report`, and of a training with `train.report`."""
        return self.path / "report.html"

    @property
    def explorer(self) -> Path:
        """The page of `stnctl explore`."""
        return self.path / "explorer.html"

    @property
    def lock(self) -> Path:
        """The file that the training process locks: see `stnctl.runs.lock`."""
        return self.path / ".lock"

    @property
    def is_run(self) -> bool:
        """Whether the folder is a run: it has a config.yaml and a run.json."""
        try:
            return self.config.is_file() and self.run.is_file()
        except OSError:
            return False
