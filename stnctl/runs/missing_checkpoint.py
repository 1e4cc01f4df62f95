"""Error for a run without a requested checkpoint, with a next step that can succeed."""

from stnctl.errors import DIVERGED_HINT, InputError
from stnctl.runs.checkpoint_paths import Pointer, pointer_file
from stnctl.runs.directory import RunDirectory
from stnctl.runs.lock import is_locked
from stnctl.runs.provenance import read_record


def missing_checkpoint(run: RunDirectory, pointer: Pointer) -> InputError:
    """Return the error for a pointer that does not exist.

    The training may still run, have diverged, have been stopped, or have ended. In the last case,
    the pointer was lost.

    Raises:
        InputError: If run.json is missing or not valid.
    """
    wanted, file = f"{pointer} checkpoint", pointer_file(run, pointer).name
    events = [event["event"] for event in read_record(run)["events"]]
    has_last = pointer == "best" and pointer_file(run, "last").exists()
    other = ", or use the last checkpoint: --checkpoint last" if has_last else ""
    if is_locked(run):
        problem, hint = f"has no {wanted} yet: it is training", "wait for its first epoch"
    elif events[-1] == "end":
        problem, hint = f"has lost its {wanted}: there is no {file}", f"restore a copy{other}"
    elif "diverged" in events:
        problem, hint = f"has no {wanted}: its training diverged", DIVERGED_HINT
    else:
        problem = f"has no {wanted} yet: there is no {file}"
        hint = f"continue the training: stnctl train --resume {run.path}{other}"
    return InputError(f"{run.path} {problem}", hint=hint)
