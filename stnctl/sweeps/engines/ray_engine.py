"""Engine with Ray: tasks on this machine or on the nodes of a cluster."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from stnctl import __version__
from stnctl.config.engines import Ray
from stnctl.errors import EnvironmentFault
from stnctl.sweeps.cell_task import CellEnd, CellTask
from stnctl.sweeps.engines.events import CellEpoch, CellStarted, Event
from stnctl.sweeps.engines.ray_channel import Channel, Message
from stnctl.sweeps.engines.ray_cluster import (
    check_slots,
    connected,
    needs_of,
    num_slots,
    task_options,
)
from stnctl.sweeps.engines.ray_worker import train_on_node

POLL_SECONDS = 0.2
"""Time between two looks at the cells."""

NODES_SECONDS = 5.0
"""Time between two looks at the nodes, which can join and leave."""

ANSWER_SECONDS = 0.5
"""Time in which the channel usually answers. A later answer is taken at the next look."""


@dataclass(frozen=True)
class _Attempt:
    """Attempt to train a cell, and its number from 1."""

    task: CellTask
    number: int


@dataclass(frozen=True)
class RayEngine:
    """Engine with Ray.

    Attributes:
        section: The key `engine` of the sweep.
        threads: Number of threads of a cell, the largest if they differ.
        cores: Number of CPU cores that a Ray of this machine uses.
    """

    section: Ray
    threads: int
    cores: int

    def train(
        self,
        tasks: Iterator[CellTask],
        on_event: Callable[[Event], bool],
        should_stop: Callable[[], bool],
    ) -> None:
        """Train cells as `Engine.train` describes. Without cells, Ray is not started."""
        first = list(islice(tasks, 1))
        if not first:
            return
        needs = needs_of(self.section, self.threads)
        with connected(self.section, cores=max(self.cores, int(needs["CPU"]))):
            check_slots(needs)
            training = _Training(self.section, needs, chain(first, tasks), on_event)
            is_stopping = False
            while not is_stopping or training.started:
                is_stopping = is_stopping or should_stop()
                if not is_stopping and not training.submit():
                    return
                training.look(is_stopping=is_stopping)


class _Training:
    """Trainings of the cells of a sweep, while this process is connected to Ray.

    Attributes:
        started: The cells whose training is started and has not ended.
    """

    def __init__(
        self,
        section: Ray,
        needs: dict[str, float],
        tasks: Iterator[CellTask],
        on_event: Callable[[Event], bool],
    ) -> None:
        """Start the channel of the workers on the node of this process."""
        import ray
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        self.started: set[str] = set()
        self._section = section
        self._needs = needs
        self._tasks = tasks
        self._on_event = on_event
        self._remote: Any = ray.remote(train_on_node)
        here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
        actor: Any = ray.remote(Channel)
        self._channel = actor.options(
            num_cpus=0, max_restarts=-1, max_task_retries=-1, scheduling_strategy=here
        ).remote()
        self._answer: Any = None
        self._attempts: dict[Any, _Attempt] = {}
        self._lost: deque[_Attempt] = deque()
        self._stopped: set[str] = set()
        self._slots = 0
        self._looked = -NODES_SECONDS

    def submit(self) -> bool:
        """Submit as many cells as the nodes can train; return False if none is left."""
        now = time.monotonic()
        if now - self._looked >= NODES_SECONDS:
            self._slots, self._looked = max(num_slots(self._needs), 1), now
        while len(self._attempts) < self._slots and (attempt := self._next()):
            remote = self._remote.options(**task_options(self._section, attempt.task))
            ref = remote.remote(attempt.task, attempt.number, self._channel, __version__)
            self._attempts[ref] = attempt
        return bool(self._attempts)

    def look(self, *, is_stopping: bool) -> None:
        """Pass on the progress and the ends of the cells.

        Args:
            is_stopping: Whether all trainings must stop.
        """
        import ray

        ended, _ = ray.wait(list(self._attempts), timeout=POLL_SECONDS)
        for message in self._receive(is_stopping=is_stopping):
            self._pass_on(message)
        for ref in ended:
            self._end(ref, is_stopping=is_stopping)

    def _next(self) -> _Attempt | None:
        if self._lost:
            return self._lost.popleft()
        task = next(self._tasks, None)
        return None if task is None else _Attempt(task, 1)

    def _receive(self, *, is_stopping: bool) -> list[Message]:
        import ray

        if self._answer is None:
            self._answer = self._channel.receive.remote(is_stopping, self._stopped)
        if not ray.wait([self._answer], timeout=ANSWER_SECONDS)[0]:
            return []
        try:
            return list(ray.get(self._answer))
        except ray.exceptions.RayError:  # the channel is started again
            return []
        finally:
            self._answer = None

    def _pass_on(self, message: Message) -> None:
        """Pass on the progress of a cell, unless its worker was lost in the meantime."""
        cell, number, epochs, metrics = message
        if not any(
            (each.task.cell, each.number) == (cell, number) for each in self._attempts.values()
        ):
            return
        if metrics is None:
            self.started.add(cell)
            self._on_event(CellStarted(cell, number))
        elif self._on_event(CellEpoch(cell, epochs, metrics)):
            self._stopped.add(cell)

    def _end(self, ref: Any, *, is_stopping: bool) -> None:
        """Pass on the end of a cell, or train it again if its worker was lost."""
        attempt = self._attempts.pop(ref)
        cell = attempt.task.cell
        self.started.discard(cell)
        end, loss = _result(ref, cell)
        if end is not None:
            self._on_event(end)
        elif is_stopping:
            self._on_event(CellEnd(cell, "interrupted"))
        elif attempt.number <= self._section.retries:
            self._lost.append(_Attempt(attempt.task, attempt.number + 1))
        else:
            problem = f"its worker or its node was lost {attempt.number} times: {loss}"
            self._on_event(CellEnd(cell, "failed", problem, EnvironmentFault.exit_code))


def _result(ref: Any, cell: str) -> tuple[CellEnd | None, str]:
    """Return the end of a cell and "", or None and the reason why its worker was lost."""
    import ray
    from ray.exceptions import (
        NodeDiedError,
        ObjectLostError,
        OutOfMemoryError,
        RayError,
        WorkerCrashedError,
    )

    try:
        return ray.get(ref), ""
    except OutOfMemoryError:
        return None, "its node has too little memory"
    except (NodeDiedError, ObjectLostError):
        return None, "its node has ended"
    except WorkerCrashedError:
        return None, "its process was killed, perhaps for lack of memory"
    except RayError as error:
        problem = next((line for line in reversed(str(error).splitlines()) if line.strip()), "")
        return CellEnd(cell, "failed", f"{type(error).__name__}: {problem.strip()}", 1), ""
