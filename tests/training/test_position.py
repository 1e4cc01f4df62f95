from dataclasses import asdict

import numpy as np
import pytest

from stnctl.training.position import Best, Position

BEST = Best(epoch=1, step=5, loss=0.5, accuracy=0.75)


def test_position_means_are_weighted_by_images():
    position = Position().after_step(3, 1.0, 1 / 3, 0.5).after_step(1, 5.0, 1.0, 0.25)
    assert (position.loss, position.accuracy) == (2.0, 0.5)
    assert (position.epoch_step, position.step, position.seconds) == (2, 2, 0.75)


def test_position_preset():
    assert (Position().loss, Position().accuracy) == (0.0, 0.0)
    after = Position(epoch=2, epoch_step=5, step=15, num_images=9).after_epoch(BEST)
    assert after == Position(epoch=3, step=15, best=BEST)


@pytest.mark.parametrize("size", [1, 7, 32, 65_536])
def test_position_counts_right_images_exactly(size):
    """An accuracy in float32 is told back as a whole number of images."""
    for right in {0, 1, size // 3, size - 1, size}:
        position = Position().after_step(size, 0.0, float(np.float32(right / size)), 0.0)
        assert position.num_right == right


@pytest.mark.parametrize("best", [None, BEST])
def test_position_roundtrip(best):
    position = Position(epoch=1, epoch_step=2, step=7, loss_sum=0.1, best=best)
    assert Position.from_dict(asdict(position)) == position


@pytest.mark.parametrize(
    ("loss", "accuracy", "beats"),
    [(0.9, 0.8, True), (0.1, 0.7, False), (0.4, 0.75, True), (0.5, 0.75, False)],
)
def test_best_is_more_accurate_or_as_accurate_at_a_lower_loss(loss, accuracy, beats):
    assert Best(epoch=2, step=9, loss=loss, accuracy=accuracy).beats(BEST) is beats
