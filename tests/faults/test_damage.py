"""Damaged checkpoints and metrics, and diverged weights: a resume uses only valid state."""

import os
import random
import shutil

import numpy as np
import pytest

from stnctl.errors import InputError
from stnctl.runs.checkpoint_paths import META, STATE, checkpoint_folder, checkpoint_steps
from stnctl.runs.checkpoint_reader import follow_pointer, load_checkpoint
from stnctl.runs.directory import RunDirectory
from stnctl.runs.metrics import read_metrics
from tests.faults.chaos import file_digests


def newest(run):
    return checkpoint_folder(run, max(checkpoint_steps(run)))


def truncate_state(length_of):
    def damage(folder):
        os.truncate(folder / STATE, length_of((folder / STATE).stat().st_size))

    return damage


def empty_meta(folder):
    (folder / META).write_bytes(b"")


def garbage_meta(folder):
    (folder / META).write_bytes(b"\xff{]")


def flip_bit(folder):
    data = bytearray((folder / STATE).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / STATE).write_bytes(data)


def delete_state(folder):
    (folder / STATE).unlink()


DAMAGES = [
    truncate_state(lambda size: 0),
    truncate_state(lambda size: 1),
    truncate_state(lambda size: size // 2),
    truncate_state(lambda size: size - 1),
    empty_meta,
    garbage_meta,
    flip_bit,
    delete_state,
]


@pytest.mark.parametrize("damage", [DAMAGES[2], flip_bit])
def test_resume_falls_back_to_an_earlier_checkpoint(
    stnctl, interrupted_run, finished_run, warm_child, damage
):
    run = stnctl.copy(interrupted_run)
    damage(newest(run))
    damaged = max(checkpoint_steps(run))
    done = warm_child(stnctl.folder, "train", "--resume", "x")
    assert done.code == 0, done.stderr
    assert f"step-{damaged:08d}" in done.stderr
    assert "Traceback" not in done.stderr
    assert file_digests(run) == file_digests(finished_run)


def delete_checkpoint(folder):
    shutil.rmtree(folder)


@pytest.mark.parametrize("damage", [flip_bit, delete_checkpoint])
def test_resume_of_a_finished_run_falls_back(stnctl, finished_run, warm_child, damage):
    run = stnctl.copy(finished_run)
    damage(newest(run))
    (run.checkpoints / "last.json").unlink()
    done = warm_child(stnctl.folder, "train", "--resume", "x")
    assert done.code == 0, done.stderr
    assert file_digests(run) == file_digests(finished_run)


def test_resume_without_a_valid_checkpoint(stnctl, finished_run, warm_child):
    """It does not restart at step 0, which would lose the metrics."""
    run = stnctl.copy(finished_run)
    for step in checkpoint_steps(run):
        flip_bit(checkpoint_folder(run, step))
    before = run.metrics.read_bytes()
    done = warm_child(stnctl.folder, "train", "--resume", "x")
    assert (done.code, done.stdout) == (3, ""), done.stderr
    assert "no checkpoint of runs/x is intact" in done.stderr
    assert run.metrics.read_bytes() == before


@pytest.mark.parametrize("damage", DAMAGES)
def test_eval_never_falls_back(stnctl, finished_run, warm_child, damage):
    run = stnctl.copy(finished_run)
    damage(newest(run))
    done = warm_child(stnctl.folder, "eval", "x", "--checkpoint", "last")
    assert (done.code, done.stdout) == (3, ""), done.stderr
    assert newest(run).name in done.stderr


def test_flipped_bits_are_detected(stnctl, finished_run, warm_child):
    """A hundred bits with the function that all commands load with, ten of them with a command."""
    run = stnctl.copy(finished_run)
    rng = random.Random(0)
    for number, name in enumerate([STATE] * 80 + [META] * 20):
        file = newest(run) / name
        good = file.read_bytes()
        bad = bytearray(good)
        bad[rng.randrange(len(bad))] ^= 1 << rng.randrange(8)
        file.write_bytes(bad)
        with pytest.raises(InputError):
            follow_pointer(run, "last")
        if number % 10 == 0:
            assert warm_child(stnctl.folder, "eval", "x", "--checkpoint", "last").code == 3
        file.write_bytes(good)


def test_resume_drops_an_incomplete_row(stnctl, interrupted_run, finished_run, warm_child):
    """A crash truncated the row of an epoch without a checkpoint: the epoch is trained again."""
    run = stnctl.copy(interrupted_run)
    row = run.metrics.read_bytes().splitlines()[-1]
    run.metrics.write_bytes(run.metrics.read_bytes() + row[: len(row) // 2])
    done = warm_child(stnctl.folder, "train", "--resume", "x")
    assert done.code == 0, done.stderr
    assert file_digests(run) == file_digests(finished_run)


@pytest.mark.parametrize("missing", [20, None])
def test_resume_without_rows(stnctl, interrupted_run, finished_run, warm_child, missing):
    """The rows of finished epochs stay lost; the weights are the same."""
    run = stnctl.copy(interrupted_run)
    if missing is None:
        run.metrics.unlink()
    else:
        os.truncate(run.metrics, run.metrics.stat().st_size - missing)
    done = warm_child(stnctl.folder, "train", "--resume", "x")
    assert done.code == 0, done.stderr
    kept, expected = file_digests(run), file_digests(finished_run)
    del kept["metrics.jsonl"], expected["metrics.jsonl"]
    assert kept == expected
    assert read_metrics(run)[-1] == read_metrics(finished_run)[-1]


def test_learning_rate_that_diverges(stnctl, warm_child):
    """All checkpoints are finite; after a failed first epoch, no checkpoint is the best."""
    change = "train.learning_rate=1e38"
    done = warm_child(stnctl.folder, "train", "tiny.yaml", "--name", "x", "--set", change)
    assert (done.code, done.stdout) == (5, ""), done.stderr
    assert "at learning rate 1e+38" in done.stderr
    assert "Traceback" not in done.stderr
    run = RunDirectory(stnctl.folder / "runs" / "x")
    assert not (run.checkpoints / "best.json").exists()
    assert not run.model.exists()
    for step in checkpoint_steps(run):
        arrays = load_checkpoint(run, step).arrays
        assert all(np.isfinite(array).all() for array in arrays.values())
