"""SIGKILL within a resume, while the last checkpoint is saved, and after it.

tests/runs/test_checkpoint_writer_killed.py tests a kill before each system call of a checkpoint.
"""

import shutil
import signal

import pytest

from stnctl.runs.checkpoint_reader import newest_valid_checkpoint
from stnctl.runs.directory import RunDirectory
from stnctl.runs.metrics import read_metrics
from stnctl.runs.pointers import read_pointer
from stnctl.runs.provenance import read_record
from tests.faults.chaos import file_digests
from tests.faults.self_signal import run_until

MOMENTS = {
    "between-the-row-and-the-checkpoint": "os.rename:step-{last}",
    "between-the-pointers": "os.rename:step-{last} os.rename:last.json os.rename:best.json",
    "before-the-first-removal": "os.rename:step-{last} os.rename:best.json os.rename:.tmp-",
}

AROUND = {
    "before-rows-are-dropped": "os.rename:metrics.jsonl",
    "before-the-pointer-of-a-resume": "os.rename:last.json",
    "before-the-model": "os.rename:model.keras",
    "before-the-end-event": "os.rename:model.keras os.rename:run.json",
}


ALL_OPTIONS = """
data: {source: digits, distortion: R}
model:
  transformer: {localization: {filters: [4]}}
  classifier: {filters: [4], units: 8, dropout: 0.2}
train:
  epochs: 2
  optimizer: adamw
  learning_rate: 0.01
  betas: [0.8, 0.99]
  weight_decay: 0.1
  schedule: onecycle
  learning_rate_of: {localization: 0.1}
  freeze: {classifier: 30 steps}
  start_from: source
  clip_norm: 0.5
  label_smoothing: 0.1
  class_weights: balanced
  ema: 0.9
  checkpoint_every: 20 steps
"""


@pytest.mark.slow
def test_killed_with_all_options_of_the_training(stnctl, warm_child):
    """Killed before its first checkpoint, and with frozen weights; then the source is removed."""
    folder = stnctl.folder
    (folder / "all.yaml").write_text(ALL_OPTIONS, encoding="utf-8")
    train = ("train", "all.yaml", "--quiet", "--name")
    for arguments in (("train", "tiny.yaml", "--name", "source"), (*train, "whole")):
        assert warm_child(folder, *arguments).code == 0
    resume = ("train", "--resume", "x", "--strict")
    for moments, arguments in (
        ("os.rename:step-", (*train, "x")),
        ("os.rename:last.json", resume),
        ("os.rename:best.json", resume),
    ):
        killed = run_until(folder, moments, *arguments)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        if moments == "os.rename:last.json":
            shutil.rmtree(folder / "runs" / "source")
    done = warm_child(folder, *resume)
    assert done.code == 0, done.stderr
    run, whole = (RunDirectory(folder / "runs" / name) for name in ("x", "whole"))
    assert file_digests(run) == file_digests(whole)


@pytest.mark.parametrize("moments", AROUND.values(), ids=AROUND)
def test_killed_within_a_resume(stnctl, interrupted_run, finished_run, warm_child, moments):
    run = stnctl.copy(interrupted_run)
    killed = run_until(stnctl.folder, moments, "train", "--resume", "x")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert read_record(run)["events"][-1]["event"] == "resume"

    done = warm_child(stnctl.folder, "train", "--resume", "x", "--strict")
    assert done.code == 0, done.stderr
    assert file_digests(run) == file_digests(finished_run)
    assert read_record(run)["events"][-1]["event"] == "end"
    assert run.model.is_file()


@pytest.mark.parametrize("moments", MOMENTS.values(), ids=MOMENTS)
def test_killed_within_the_last_checkpoint(
    stnctl, interrupted_run, finished_run, warm_child, moments
):
    run = stnctl.copy(interrupted_run)
    last = read_pointer(finished_run, "last")["step"]
    moments = moments.format(last=f"{last:08d}")
    killed = run_until(stnctl.folder, moments, "train", "--resume", "x")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    found, warnings = newest_valid_checkpoint(run)
    assert warnings == []
    assert (found.step == last) == (" " in moments)
    assert read_metrics(run)[-1]["step"] == last

    done = warm_child(stnctl.folder, "train", "--resume", "x", "--strict")
    assert done.code == 0, done.stderr
    assert file_digests(run) == file_digests(finished_run)
