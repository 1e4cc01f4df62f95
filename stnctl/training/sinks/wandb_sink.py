"""Sink of Weights & Biases. Without a known account, it writes files for ``wandb sync``."""

import netrc
import os
import secrets
from contextlib import suppress
from typing import Any

from stnctl.storage.json_files import read_json, write_json
from stnctl.training.sinks.sink import SinkStart, Values

FILE = "wandb.json"
"""File with the id of the run in Weights & Biases, so that a resumed training continues it."""

DEFAULT_PROJECT = "stnctl"
HOST = "api.wandb.ai"


class WandbSink:
    """Sink that logs configuration and metrics of a run to Weights & Biases. It never asks."""

    def __init__(self) -> None:
        """Create a sink without a run."""
        self._run: Any = None

    def open(self, start: SinkStart) -> None:
        """Create a run, or continue that of an interrupted training."""
        import wandb

        path = start.folder / FILE
        known = read_json(path)["id"] if path.is_file() else None
        identifier = known or secrets.token_hex(4)
        write_json(path, {"id": identifier})
        self._run = wandb.init(
            project=os.environ.get("WANDB_PROJECT") or DEFAULT_PROJECT,
            name=start.name,
            id=identifier,
            resume="allow",
            dir=str(start.folder),
            config=dict(start.config),
            mode=chosen_mode(),
            settings=wandb.Settings(silent=True, disable_git=True, save_code=False),
        )

    def write(self, epoch: int, values: Values) -> None:
        """Log the numbers of an epoch, which is the step."""
        self._run.log(values, step=epoch)

    def close(self, status: str) -> None:
        """Finish the run."""
        self._run.finish(exit_code=0 if status == "finished" else 1)


def chosen_mode() -> str:
    """Return $WANDB_MODE, default "online" with a known account, else "offline"."""
    if mode := os.environ.get("WANDB_MODE"):
        return mode
    account = None
    with suppress(OSError, netrc.NetrcParseError):
        account = netrc.netrc().authenticators(HOST)
    return "online" if account or os.environ.get("WANDB_API_KEY") else "offline"
