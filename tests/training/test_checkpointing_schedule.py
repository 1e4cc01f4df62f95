import pytest

from stnctl.training.checkpointing import CheckpointSchedule


class Clock:
    """A clock that is set by hand."""

    now = 100.0

    def __call__(self):
        return self.now


def test_cadence_of_steps():
    cadence = CheckpointSchedule.parse("3 steps")
    assert [step for step in range(1, 10) if cadence.is_due(step)] == [3, 6, 9]


def test_cadence_of_seconds():
    clock = Clock()
    cadence = CheckpointSchedule(10, "seconds", clock)
    clock.now += 9.5
    assert not cadence.is_due(1)
    clock.now += 0.5
    assert cadence.is_due(2)
    cadence.restart()
    assert not cadence.is_due(3)
    clock.now += 25
    assert cadence.is_due(4)


@pytest.mark.parametrize(
    ("text", "parts"), [("300 seconds", (300, "seconds")), ("1 steps", (1, "steps"))]
)
def test_cadence_parses(text, parts):
    cadence = CheckpointSchedule.parse(text)
    assert (cadence.every, cadence.unit) == parts


def test_cadence_of_none():
    assert CheckpointSchedule.parse(None) is None
