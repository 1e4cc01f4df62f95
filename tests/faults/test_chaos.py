"""Trainings killed with SIGKILL at random moments, and resumed, end in the same bits."""

import random
from functools import partial

import pytest

from stnctl.runs.directory import RunDirectory
from tests.cli.fork_server import fork_server
from tests.faults.chaos import CONFIG, file_digests, finish, kill_at_random, train

NUM_KILLS = 3
SMALL = ("train.epochs=9", "train.patience=7", "train.batch_size=64", "model.transformer=null")


@pytest.mark.timeout(300)
def test_killed_at_random_moments(tmp_path):
    config = tmp_path / "chaos.yaml"
    config.write_text(CONFIG)
    finished, killed = (RunDirectory(tmp_path / name) for name in ("finished", "killed"))
    start = partial(fork_server().start, folder=tmp_path)
    finish(train(config, finished, *SMALL, start=start))

    rng = random.Random(0)
    kills = []
    while len(kills) < NUM_KILLS:
        kill = kill_at_random(train(config, killed, *SMALL, start=start), killed, rng)
        assert kill is not None, f"the training ended after these kills: {kills}"
        kills.append(kill)
    finish(train(config, killed, start=start))

    assert kills[-1].step > 0
    assert file_digests(killed) == file_digests(finished)
