"""The run directory: what a run leaves on the disk, and how it survives a crash."""

from stnctl.runs.checkpoints import (
    Checkpoint,
    committed_steps,
    load,
    load_best,
    load_last,
    newest_valid,
    read_pointer,
)
from stnctl.runs.commits import commit, point, prune
from stnctl.runs.directory import RunDirectory, check_name, make_runs_dir, planned_name
from stnctl.runs.files import atomic_write, fsync_directory, make_folder, write_json
from stnctl.runs.lock import is_running, run_lock
from stnctl.runs.lookup import find_run, list_runs
from stnctl.runs.metrics import append_row, keep_until, read_rows
from stnctl.runs.provenance import (
    DataRecord,
    describe_environment,
    read_record,
    record_event,
    start_record,
)

__all__ = [
    "Checkpoint",
    "DataRecord",
    "RunDirectory",
    "append_row",
    "atomic_write",
    "check_name",
    "commit",
    "committed_steps",
    "describe_environment",
    "find_run",
    "fsync_directory",
    "is_running",
    "keep_until",
    "list_runs",
    "load",
    "load_best",
    "load_last",
    "make_folder",
    "make_runs_dir",
    "newest_valid",
    "planned_name",
    "point",
    "prune",
    "read_pointer",
    "read_record",
    "read_rows",
    "record_event",
    "run_lock",
    "start_record",
    "write_json",
]
