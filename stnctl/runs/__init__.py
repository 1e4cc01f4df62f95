"""The run directory: what a run leaves on the disk, and how it survives a crash."""

from stnctl.runs.checkpoints import (
    Checkpoint,
    follow,
    is_intact,
    load,
    metas,
    newest_valid,
    read_meta,
    read_pointer,
)
from stnctl.runs.commits import commit, point
from stnctl.runs.directory import RunDirectory, check_name, make_runs_dir, planned_name
from stnctl.runs.exactness import describe_flags, inexact
from stnctl.runs.files import atomic_write, check_writable, fsync_directory, make_folder
from stnctl.runs.folders import Pointer, committed_steps, step_folder
from stnctl.runs.git import describe_git
from stnctl.runs.json_files import write_json
from stnctl.runs.leftovers import tidy
from stnctl.runs.lock import is_running, run_lock
from stnctl.runs.lookup import find_run, list_runs
from stnctl.runs.metrics import append_row, append_times, keep_until, read_rows, read_times
from stnctl.runs.provenance import (
    DataRecord,
    describe_environment,
    read_record,
    record_event,
    start_record,
)
from stnctl.runs.pruning import prune
from stnctl.runs.space import check_space
from stnctl.runs.walk import check_entries

__all__ = [
    "Checkpoint",
    "DataRecord",
    "Pointer",
    "RunDirectory",
    "append_row",
    "append_times",
    "atomic_write",
    "check_entries",
    "check_name",
    "check_space",
    "check_writable",
    "commit",
    "committed_steps",
    "describe_environment",
    "describe_flags",
    "describe_git",
    "find_run",
    "follow",
    "fsync_directory",
    "inexact",
    "is_intact",
    "is_running",
    "keep_until",
    "list_runs",
    "load",
    "make_folder",
    "make_runs_dir",
    "metas",
    "newest_valid",
    "planned_name",
    "point",
    "prune",
    "read_meta",
    "read_pointer",
    "read_record",
    "read_rows",
    "read_times",
    "record_event",
    "run_lock",
    "start_record",
    "step_folder",
    "tidy",
    "write_json",
]
