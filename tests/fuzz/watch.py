"""Feed a target in a child process, with limits of time and memory."""

import multiprocessing as mp
import re
import resource
import signal
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

from stnctl.errors import StnctlError
from tests.fuzz.attempt import Attempt, Target
from tests.fuzz.targets import TARGETS

SECONDS = 10
MEGABYTES = 500
_HANG_SECONDS = 60  # a signal can't interrupt a loop in C, so the parent ends the child
_MAX_FAILURES = 20
_WARM_UP = -1
_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


class HangError(BaseException):
    """An input took too long. No reader may catch it."""


@dataclass
class Outcome:
    """Results of the inputs of a target.

    Attributes:
        target: Name of the target.
        inputs: Number of inputs.
        accepted: Number of inputs that all readers accepted.
        kinds: Counts of errors by message, without numbers and names.
        failures: Index and error of each failed input.
        slowest: Seconds of the slowest input.
        megabytes: Peak growth of the process.
    """

    target: str
    inputs: int = 0
    accepted: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[int, str]] = field(default_factory=list)
    slowest: float = 0
    megabytes: float = 0

    @property
    def rejected(self) -> int:
        """Number of inputs that a reader rejected with a StnctlError."""
        return self.inputs - self.accepted - len({k for k, _ in self.failures})


def watch(name: str, num_inputs: int, out: Path) -> Outcome:
    """Feed ``num_inputs`` to the target ``name`` in a child; save failed inputs in ``out``."""
    context = mp.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    index = context.Value("q", -1)
    child = context.Process(target=_child, args=(name, num_inputs, out, index, sender))
    child.start()
    sender.close()
    lost, outcome = _await(name, receiver, index)
    child.kill()
    child.join()
    if lost:
        remake(name, max(index.value, 0), out)
    return outcome


def feed(name: str, num_inputs: int, out: Path, index: Any = None) -> Outcome:
    """Feed ``num_inputs`` to the target ``name`` in this process; save failed inputs in ``out``."""
    outcome = Outcome(name)
    with tempfile.TemporaryDirectory() as folder:
        target = TARGETS[name](Path(folder))
        try_one(target, name, _WARM_UP, Outcome(name), out)  # to load modules and fill caches first
        start = _reset_peak()
        for k in range(num_inputs):
            if index is not None:
                index.value = k
            try_one(target, name, k, outcome, out)
            _note_memory(outcome, k, _peak() - start)
            if len(outcome.failures) >= _MAX_FAILURES:
                break
    return outcome


def remake(name: str, k: int, out: Path) -> Attempt:
    """Return input ``k`` of the target ``name``, and save it in ``out``; do not read it."""
    with tempfile.TemporaryDirectory() as folder:
        attempt = TARGETS[name](Path(folder))(Random(f"{name}-{k}"))
    keep(attempt, out / f"{name}-{k}")
    return attempt


def replay(name: str, k: int, out: Path) -> None:
    """Save input ``k`` in ``out``, read it, and raise any error but a StnctlError."""
    remake(name, k, out)
    with tempfile.TemporaryDirectory() as folder:
        for read in TARGETS[name](Path(folder))(Random(f"{name}-{k}")).reads:
            with suppress(StnctlError):
                read()


def try_one(target: Target, name: str, k: int, outcome: Outcome, out: Path) -> None:
    """Feed input ``k``, and add its result to ``outcome``."""
    attempt = target(Random(f"{name}-{k}"))
    clock = time.perf_counter()
    try:
        with _alarm():
            kinds = [kind for read in attempt.reads if (kind := _error_kind(read))]
    except (Exception, HangError) as error:
        outcome.failures.append((k, _last_lines(error)))
        keep(attempt, out / f"{name}-{k}")
        kinds = ["failed"]
    else:
        outcome.kinds.update(kinds)
    outcome.inputs += 1
    outcome.accepted += not kinds
    outcome.slowest = max(outcome.slowest, time.perf_counter() - clock)


def keep(attempt: Attempt, folder: Path) -> None:
    """Write the files of an attempt."""
    for name, data in attempt.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _error_kind(read: Any) -> str:
    """Return the kind of StnctlError that ``read`` raises, or "" if it accepts the input."""
    try:
        read()
    except StnctlError as error:
        return f"{type(error).__name__}: {_kind(str(error))}"
    return ""


def _kind(message: str) -> str:
    """Return the first line of a message without names, numbers and quoted text."""
    line = message.split("\n")[0][:400]
    line = re.sub(r"^--set .*?: |, did you mean.*|(?<=got ).*|(?<=named ).*", "_", line)
    line = re.sub(r"'[^']*'|\"[^\"]*\"|\([^)]*\)|\[[^\]]*\]|\S*[/.]\S*", "_", line)
    return re.sub(r"-?\d[\d.,:xe+-]*", "0", line)[:80]


@contextmanager
def _alarm() -> Iterator[None]:
    def ring(number: int, frame: FrameType | None) -> None:
        raise HangError(f"it took more than {SECONDS} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _note_memory(outcome: Outcome, k: int, megabytes: float) -> None:
    if outcome.megabytes <= MEGABYTES < megabytes:
        outcome.failures.append((k, f"the process grew by {megabytes:.0f} MB"))
    outcome.megabytes = megabytes


def _reset_peak() -> float:
    """Reset the peak memory of this process; return the megabytes in use."""
    with suppress(OSError):
        _CLEAR.write_text("5", encoding="ascii")
    return _peak()


def _peak() -> float:
    """Return the peak megabytes of this process. A child's ru_maxrss includes its parent's."""
    [line] = [line for line in _STATUS.read_text("utf-8").splitlines() if "VmHWM" in line]
    return int(line.split()[1]) / 1024


def _last_lines(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = " < ".join(f"{Path(each.filename).name}:{each.lineno}" for each in reversed(frames))
    return f"{type(error).__name__}: {str(error)[:200]} ({places})"


def _child(name: str, num_inputs: int, out: Path, index: Any, sender: Any) -> None:
    used = int(Path("/proc/self/statm").read_text("utf-8").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 4 * MEGABYTES * 2**20,) * 2)
    sender.send(feed(name, num_inputs, out, index))


def _await(name: str, receiver: Any, index: Any) -> tuple[bool, Outcome]:
    """Return whether the child died or hangs, and its outcome, or one with that failure."""
    last, since = -1, time.monotonic()
    while not receiver.poll(1):
        if index.value != last:
            last, since = index.value, time.monotonic()
        if time.monotonic() - since > _HANG_SECONDS:
            return True, Outcome(name, last + 1, failures=[(last, "it hangs")])
    try:
        return False, receiver.recv()
    except EOFError:
        return True, Outcome(name, index.value + 1, failures=[(index.value, "the process died")])
