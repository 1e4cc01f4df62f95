"""Damaged checkpoints and metrics, diverged weights: what is left, and what a resume does."""

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
from tests.faults.chaos import outcome


def newest(run):
    return checkpoint_folder(run, max(checkpoint_steps(run)))


def cut_to(length_of):
    def damage(folder):
        os.truncate(folder / STATE, length_of((folder / STATE).stat().st_size))

    return damage


def empty_meta(folder):
    (folder / META).write_bytes(b"")


def garbage_meta(folder):
    (folder / META).write_bytes(b"\xff{]")


def flip(folder):
    data = bytearray((folder / STATE).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / STATE).write_bytes(data)


def lose_state(folder):
    (folder / STATE).unlink()


DAMAGES = [
    cut_to(lambda size: 0),
    cut_to(lambda size: 1),
    cut_to(lambda size: size // 2),
    cut_to(lambda size: size - 1),
    empty_meta,
    garbage_meta,
    flip,
    lose_state,
]


@pytest.mark.parametrize("damage", [DAMAGES[2], flip])
def test_resume_falls_back_behind_a_damaged_commit(folder, cut, whole, warm, damage):
    run = folder.copy(cut)
    damage(newest(run))
    lost = max(checkpoint_steps(run))
    done = warm(folder.folder, "train", "--resume", "x")
    assert done.code == 0, done.stderr
    assert f"step-{lost:08d}" in done.stderr
    assert "Traceback" not in done.stderr
    assert outcome(run) == outcome(whole)


def lose_all(folder):
    shutil.rmtree(folder)


@pytest.mark.parametrize("damage", [flip, lose_all])
def test_resume_of_a_finished_run_falls_back_too(folder, whole, warm, damage):
    run = folder.copy(whole)
    damage(newest(run))
    (run.checkpoints / "last.json").unlink()
    done = warm(folder.folder, "train", "--resume", "x")
    assert done.code == 0, done.stderr
    assert outcome(run) == outcome(whole)


def test_resume_without_a_whole_commit(folder, whole, warm):
    """It is no start from nothing, which would forget what was measured."""
    run = folder.copy(whole)
    for step in checkpoint_steps(run):
        flip(checkpoint_folder(run, step))
    before = run.metrics.read_bytes()
    done = warm(folder.folder, "train", "--resume", "x")
    assert (done.code, done.stdout) == (3, ""), done.stderr
    assert "no checkpoint of runs/x is whole" in done.stderr
    assert run.metrics.read_bytes() == before


@pytest.mark.parametrize("damage", DAMAGES)
def test_eval_never_falls_back(folder, whole, warm, damage):
    run = folder.copy(whole)
    damage(newest(run))
    done = warm(folder.folder, "eval", "x", "--checkpoint", "last")
    assert (done.code, done.stdout) == (3, ""), done.stderr
    assert newest(run).name in done.stderr


def test_flipped_bits_are_seen(folder, whole, warm):
    """A hundred by the function that every command loads with, ten of them by a command too."""
    run = folder.copy(whole)
    draw = random.Random(0)
    for number, name in enumerate([STATE] * 80 + [META] * 20):
        file = newest(run) / name
        good = file.read_bytes()
        bad = bytearray(good)
        bad[draw.randrange(len(bad))] ^= 1 << draw.randrange(8)
        file.write_bytes(bad)
        with pytest.raises(InputError):
            follow_pointer(run, "last")
        if number % 10 == 0:
            assert warm(folder.folder, "eval", "x", "--checkpoint", "last").code == 3
        file.write_bytes(good)


def test_resume_drops_a_torn_row(folder, cut, whole, warm):
    """A row that a crash has cut is no row; its epoch, not committed yet, is trained again."""
    run = folder.copy(cut)
    row = run.metrics.read_bytes().splitlines()[-1]
    run.metrics.write_bytes(run.metrics.read_bytes() + row[: len(row) // 2])
    done = warm(folder.folder, "train", "--resume", "x")
    assert done.code == 0, done.stderr
    assert outcome(run) == outcome(whole)


@pytest.mark.parametrize("less", [20, None])
def test_resume_without_rows(folder, cut, whole, warm, less):
    """What was lost of finished epochs is not made up; the weights are the same."""
    run = folder.copy(cut)
    if less is None:
        run.metrics.unlink()
    else:
        os.truncate(run.metrics, run.metrics.stat().st_size - less)
    done = warm(folder.folder, "train", "--resume", "x")
    assert done.code == 0, done.stderr
    kept, expected = outcome(run), outcome(whole)
    del kept["metrics.jsonl"], expected["metrics.jsonl"]
    assert kept == expected
    assert read_metrics(run)[-1] == read_metrics(whole)[-1]


def test_learning_rate_that_diverges(folder, warm):
    """What was committed before is finite; of a first epoch that fails there is no best."""
    change = "train.learning_rate=1e30"
    done = warm(folder.folder, "train", "tiny.yaml", "--name", "x", "--set", change)
    assert (done.code, done.stdout) == (5, ""), done.stderr
    assert "at learning rate 1e+30" in done.stderr
    assert "Traceback" not in done.stderr
    run = RunDirectory(folder.folder / "runs" / "x")
    assert not (run.checkpoints / "best.json").exists()
    assert not run.model.exists()
    for step in checkpoint_steps(run):
        arrays = load_checkpoint(run, step).arrays
        assert all(np.isfinite(array).all() for array in arrays.values())
