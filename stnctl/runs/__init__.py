"""The run directory: what a run leaves on the disk, and how it survives a crash."""

from stnctl.runs.checkpoints import (
    Checkpoint,
    load,
    load_best,
    load_last,
    newest_valid,
    read_pointer,
)
from stnctl.runs.commits import commit, point
from stnctl.runs.directory import RunDirectory, check_name, make_runs_dir, planned_name
from stnctl.runs.exactness import describe_flags, inexact
from stnctl.runs.files import atomic_write, fsync_directory, make_folder
from stnctl.runs.folders import committed_steps
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
from stnctl.runs.walk import check_links

__all__ = [
    "Checkpoint",
    "DataRecord",
    "RunDirectory",
    "append_row",
    "append_times",
    "atomic_write",
    "check_links",
    "check_name",
    "check_space",
    "commit",
    "committed_steps",
    "describe_environment",
    "describe_flags",
    "find_run",
    "fsync_directory",
    "inexact",
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
    "read_times",
    "record_event",
    "run_lock",
    "start_record",
    "tidy",
    "write_json",
]
