"""Starts Keras for a command that asks a finished run."""

import os

from stnctl.config import load_config
from stnctl.runs import RunDirectory


def start_keras(run: RunDirectory) -> None:
    """Load Keras as the run was trained; its native output goes to the run's log."""
    from stnctl.models.backend import start_backend

    log = run.log if os.access(run.path, os.W_OK) else None
    start_backend(threads=load_config(run.config).train.threads, log=log)
