"""kill -9 at random moments, again and again, changes no bit of what a training leaves."""

import random
from functools import partial

import pytest

from stnctl.runs.directory import RunDirectory
from tests.cli.forks import forks
from tests.faults.chaos import CONFIG, finish, kill, outcome, train

NUM_KILLS = 5
SMALL = ("train.epochs=9", "train.patience=7", "train.batch_size=64", "model.transformer=null")


@pytest.mark.timeout(300)
def test_killed_at_random_moments(tmp_path):
    config = tmp_path / "chaos.yaml"
    config.write_text(CONFIG)
    whole, cut = (RunDirectory(tmp_path / name) for name in ("whole", "cut"))
    start = partial(forks().start, folder=tmp_path)
    finish(train(config, whole, *SMALL, start=start))

    draw = random.Random(0)
    kills = []
    while len(kills) < NUM_KILLS:
        done = kill(train(config, cut, *SMALL, start=start), cut, draw)
        assert done is not None, f"the training ended after these kills: {kills}"
        kills.append(done)
    finish(train(config, cut, start=start))

    assert kills[-1].step > 0
    assert outcome(cut) == outcome(whole)
