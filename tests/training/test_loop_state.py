import re
from dataclasses import asdict

import numpy as np
import pytest

from stnctl.config.schema import TrainConfig
from stnctl.errors import InputError
from stnctl.training.loop_state import BestEpoch, LoopState

BEST = BestEpoch(epoch=1, step=5, loss=0.5, accuracy=0.75)


def test_position_means_are_weighted_by_images():
    position = LoopState().after_step(3, 1.0, 1 / 3, 0.5).after_step(1, 5.0, 1.0, 0.25)
    assert (position.loss, position.accuracy) == (2.0, 0.5)
    assert (position.epoch_step, position.step, position.seconds) == (2, 2, 0.75)


def test_position_preset():
    assert (LoopState().loss, LoopState().accuracy) == (0.0, 0.0)
    after = LoopState(epoch=2, epoch_step=5, step=15, num_images=9).after_epoch(BEST)
    assert after == LoopState(epoch=3, step=15, best=BEST)


@pytest.mark.parametrize("size", [1, 7, 32, 65_536])
def test_position_counts_right_images_exactly(size):
    """An accuracy in float32 is told back as a whole number of images."""
    for right in {0, 1, size // 3, size - 1, size}:
        position = LoopState().after_step(size, 0.0, float(np.float32(right / size)), 0.0)
        assert position.num_right == right


@pytest.mark.parametrize("best", [None, BEST])
def test_position_roundtrip(best):
    position = LoopState(epoch=1, epoch_step=2, step=7, loss_sum=0.1, best=best)
    assert LoopState.from_dict(asdict(position)) == position


@pytest.mark.parametrize(
    ("loss", "accuracy", "beats"),
    [(0.9, 0.8, True), (0.1, 0.7, False), (0.4, 0.75, True), (0.5, 0.75, False)],
)
def test_best_is_more_accurate_or_as_accurate_at_a_lower_loss(loss, accuracy, beats):
    assert BestEpoch(epoch=2, step=9, loss=loss, accuracy=accuracy).beats(BEST) is beats


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (None, "position is not valid: Input should be an object"),
        ([], "position is not valid"),
        ({"epoch": -1}, "position.epoch is not valid"),
        ({"epoch": True}, "position.epoch is not valid"),
        ({"epoch": "1"}, "position.epoch is not valid"),
        ({"step": 10**30}, "position.step is not valid"),
        ({"step": 1.5}, "position.step is not valid"),
        ({"loss_sum": float("nan")}, "position.loss_sum is not valid"),
        ({"seconds": 1e400}, "position.seconds is not valid"),
        ({"best": {"epoch": 1}}, "position.best.step is not valid"),
        ({"best": [1, 2, 3, 4]}, "position.best is not valid"),
        ({"command": "x"}, "position.command is not valid"),
    ],
)
def test_position_rejects_what_it_never_was(values, message):
    with pytest.raises(InputError, match=re.escape(f"the checkpoint's {message}")):
        LoopState.from_dict(values)


@pytest.mark.parametrize(
    ("epoch", "patience", "early", "over"),
    [(1, 3, False, False), (3, 3, False, False), (4, 3, True, True), (5, None, False, True)],
)
def test_position_is_over_after_its_epochs_or_its_patience(epoch, patience, early, over):
    train = TrainConfig(epochs=5, patience=patience)
    position = LoopState(epoch=epoch, best=BEST)
    assert (position.is_stopped_early(train), position.is_over(train)) == (early, over)
    assert not LoopState(epoch=4).is_stopped_early(train)
