import re
from dataclasses import asdict

import numpy as np
import pytest

from stnctl.config.train_section import TrainConfig
from stnctl.errors import InputError
from stnctl.training.loop_state import BestEpoch, LoopState

BEST = BestEpoch(epoch=1, step=5, loss=0.5, accuracy=0.75)


def test_loop_state_means_are_weighted_by_images():
    state = LoopState().after_step(3, 1.0, 1 / 3, 0.5).after_step(1, 5.0, 1.0, 0.25)
    assert (state.loss, state.accuracy) == (2.0, 0.5)
    assert (state.epoch_step, state.step, state.seconds) == (2, 2, 0.75)


def test_loop_state_starts_and_ends_epochs():
    assert (LoopState().loss, LoopState().accuracy) == (0.0, 0.0)
    after = LoopState(epoch=2, epoch_step=5, step=15, num_images=9).after_epoch(BEST)
    assert after == LoopState(epoch=3, step=15, best=BEST)


@pytest.mark.parametrize("size", [1, 7, 32, 65_536])
def test_loop_state_counts_right_images_exactly(size):
    """The number of images is recovered exactly from an accuracy in float32."""
    for right in {0, 1, size // 3, size - 1, size}:
        state = LoopState().after_step(size, 0.0, float(np.float32(right / size)), 0.0)
        assert state.num_right == right


@pytest.mark.parametrize("best", [None, BEST])
def test_loop_state_roundtrip(best):
    state = LoopState(epoch=1, epoch_step=2, step=7, loss_sum=0.1, best=best)
    assert LoopState.from_dict(asdict(state)) == state


@pytest.mark.parametrize(
    ("loss", "accuracy", "beats"),
    [(0.9, 0.8, True), (0.1, 0.7, False), (0.4, 0.75, True), (0.5, 0.75, False)],
)
def test_best_epoch_beats(loss, accuracy, beats):
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
def test_loop_state_from_dict_rejects(values, message):
    with pytest.raises(InputError, match=re.escape(f"the checkpoint's {message}")):
        LoopState.from_dict(values)


@pytest.mark.parametrize(
    ("epoch", "patience", "early", "over"),
    [(1, 3, False, False), (3, 3, False, False), (4, 3, True, True), (5, None, False, True)],
)
def test_loop_state_is_over(epoch, patience, early, over):
    train = TrainConfig(epochs=5, patience=patience)
    state = LoopState(epoch=epoch, best=BEST)
    assert (state.is_stopped_early(train), state.is_over(train)) == (early, over)
    assert not LoopState(epoch=4).is_stopped_early(train)
