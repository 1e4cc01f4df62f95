import numpy as np
import pytest

from stnctl.training.position import Position


def test_position_means_are_weighted_by_images():
    position = Position().after_step(3, 1.0, 1 / 3, 0.5).after_step(1, 5.0, 1.0, 0.25)
    assert (position.loss, position.accuracy) == (2.0, 0.5)
    assert (position.epoch_step, position.step, position.seconds) == (2, 2, 0.75)


def test_position_preset():
    assert (Position().loss, Position().accuracy) == (0.0, 0.0)
    after = Position(epoch=2, epoch_step=5, step=15, num_images=9).after_epoch({"epoch": 1})
    assert after == Position(epoch=3, step=15, best={"epoch": 1})


@pytest.mark.parametrize("size", [1, 7, 32, 65_536])
def test_position_counts_right_images_exactly(size):
    """An accuracy in float32 is told back as a whole number of images."""
    for right in {0, 1, size // 3, size - 1, size}:
        position = Position().after_step(size, 0.0, float(np.float32(right / size)), 0.0)
        assert position.num_right == right
