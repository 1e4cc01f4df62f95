"""Attempts on the readers of runs: a run directory with one file damaged or forged."""

import json
import re
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from stnctl.runs.checkpoint_reader import load_checkpoint, newest_valid_checkpoint
from stnctl.runs.checkpoint_writer import save_checkpoint, set_pointer
from stnctl.runs.directory import RunDirectory
from stnctl.runs.metrics import append_metrics, read_metrics, truncate_after
from stnctl.runs.pointers import read_pointer
from stnctl.runs.provenance import DataRecord, first_record, read_record
from stnctl.runs.summary import summarize
from stnctl.storage.checksummed_json import checksummed_bytes
from stnctl.storage.json_files import json_bytes
from stnctl.training.loop_state import BestEpoch, LoopState
from stnctl.training.resume import best_epoch, last_loop_state
from tests.fuzz.attempt import Attempt
from tests.fuzz.mutate import damaged, replaced

_TOKENS = tuple(
    b'NaN Infinity -1 1e999 null {} [] "step" "sha256" : , \xff \\ud800 \n // true'.split(b" ")
)
_TIME = b"2026-01-02T03:04:05.678Z"  # a fixed time, so that the inputs repeat
_STATE, _META = "checkpoints/step-00000001/state.npz", "checkpoints/step-00000001/meta.json"


def runs(folder: Path) -> Callable[[Random], Attempt]:
    """Return attempts on files of a run: random damage, and valid checksums of wrong content."""
    run = _make_run(folder)
    intact = {
        str(path.relative_to(run.path)): path.read_bytes()
        for path in sorted(run.path.rglob("*"))
        if path.is_file() and path != run.config
    }
    changed: dict[str, bytes] = {}

    def attempt(rng: Random) -> Attempt:
        for name in changed:
            (run.path / name).write_bytes(intact[name])
        changed.clear()
        changed.update(_forged(rng, intact) if rng.random() < 0.5 else _damaged(rng, intact))
        for name, data in changed.items():
            (run.path / name).write_bytes(data)
        return Attempt(dict(changed), _reads(run))

    return attempt


def _make_run(folder: Path) -> RunDirectory:
    run = RunDirectory(folder / "run")
    run.path.mkdir()
    run.config.write_text("seed: 0\n", encoding="utf-8")
    data = DataRecord("digits", "00")
    record = first_record(run.name, argv=["stnctl"], seed=0, data=data, environment={})
    run.run.write_bytes(re.sub(rb"\d{4}-[-\dT:.]+Z", _TIME, json_bytes(record)))
    best = BestEpoch(epoch=1, step=1, loss=0.5, accuracy=0.75)
    meta = {"position": asdict(LoopState(epoch=1, step=1, best=best)), "config": "seed: 0\n"}
    save_checkpoint(run, 1, {"model/000/w": np.ones((2, 3), "float32"), "n": np.array(3)}, meta)
    for pointer in ("last", "best"):
        set_pointer(run, pointer, 1, {"epoch": 1, "loss": 0.5, "accuracy": 0.75})
    for step in (1, 2):
        metrics = {"step": step, "epoch": step, "loss": 0.5}
        append_metrics(run, metrics, {"step": step, "seconds": 0.5})
    return run


def _reads(run: RunDirectory) -> tuple[Callable[[], object], ...]:
    pointers = tuple(partial(read_pointer, run, name) for name in ("last", "best"))
    reads = (newest_valid_checkpoint, read_record, read_metrics, last_loop_state, best_epoch,
             summarize)  # fmt: skip
    readers = (partial(load_checkpoint, run, 1), *pointers, *(partial(read, run) for read in reads))
    return (*readers, partial(truncate_after, run, 2))  # it also reads the times


def _damaged(rng: Random, intact: dict[str, bytes]) -> dict[str, bytes]:
    name = rng.choice(list(intact))
    return {name: damaged(rng, intact[name], () if name == _STATE else _TOKENS)}


def _forged(rng: Random, intact: dict[str, bytes]) -> dict[str, bytes]:
    """Return a state with its correct checksum, or a JSON file with other values and checksum."""
    name = rng.choice([name for name in intact if not name.endswith("jsonl")])
    if name == _STATE:
        state = damaged(rng, intact[_STATE])
        checksums = {"state_bytes": len(state), "state_sha256": sha256(state).hexdigest()}
        return {
            _STATE: state,
            _META: _with_checksum({**_without_checksum(intact[_META]), **checksums}),
        }
    document = replaced(rng, _without_checksum(intact[name]))
    try:
        return {
            name: _with_checksum(document)
            if "sha256" in json.loads(intact[name])
            else _plain(document)
        }
    except ValueError:  # values that strict JSON cannot have
        return {name: json.dumps(document).encode()}


def _without_checksum(data: bytes) -> dict[str, Any]:
    return {key: value for key, value in json.loads(data).items() if key != "sha256"}


def _with_checksum(document: dict[str, Any]) -> bytes:
    return checksummed_bytes({key: value for key, value in document.items() if key != "sha256"})


def _plain(document: dict[str, Any]) -> bytes:
    return json.dumps(document, allow_nan=False).encode()
