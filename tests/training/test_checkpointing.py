import pytest

from stnctl.training.checkpointing import CheckpointSchedule


class Clock:
    """Clock that a test advances."""

    now = 100.0

    def __call__(self):
        return self.now


def test_schedule_of_steps():
    schedule = CheckpointSchedule.parse("3 steps")
    assert [step for step in range(1, 10) if schedule.is_due(step)] == [3, 6, 9]


def test_schedule_of_seconds():
    clock = Clock()
    schedule = CheckpointSchedule(10, "seconds", clock)
    clock.now += 9.5
    assert not schedule.is_due(1)
    clock.now += 0.5
    assert schedule.is_due(2)
    schedule.restart()
    assert not schedule.is_due(3)
    clock.now += 25
    assert schedule.is_due(4)


@pytest.mark.parametrize(
    ("text", "parts"), [("300 seconds", (300, "seconds")), ("1 steps", (1, "steps"))]
)
def test_schedule_parse(text, parts):
    schedule = CheckpointSchedule.parse(text)
    assert (schedule.every, schedule.unit) == parts


def test_schedule_parse_none():
    assert CheckpointSchedule.parse(None) is None
