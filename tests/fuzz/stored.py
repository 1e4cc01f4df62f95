"""Attempts on the reader of checkpoints: a run directory with one file damaged, or forged."""

import json
import re
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from hashlib import sha256
from pathlib import Path
from random import Random

import numpy as np

from stnctl.runs.checkpoint_reader import load_checkpoint, newest_valid_checkpoint, read_pointer
from stnctl.runs.checkpoint_writer import save_checkpoint, set_pointer
from stnctl.runs.directory import RunDirectory
from stnctl.runs.metrics import append_metrics, read_metrics, truncate_after
from stnctl.runs.provenance import DataRecord, read_record, start_record
from stnctl.storage.checksummed_json import checksummed_bytes
from stnctl.training.loop_state import BestEpoch, LoopState
from stnctl.training.resume import best_epoch, last_state
from tests.fuzz.attempt import Attempt
from tests.fuzz.mutate import damaged, replaced

_TOKENS = tuple(
    b'NaN Infinity -1 1e999 null {} [] "step" "sha256" : , \xff \\ud800 \n // true'.split(b" ")
)
_TIME = b"2026-01-02T03:04:05.678Z"  # so that the inputs are the same each time
_STATE, _META = "checkpoints/step-00000001/state.npz", "checkpoints/step-00000001/meta.json"


def runs(folder: Path) -> Callable[[Random], Attempt]:
    """Files of a run, as damage or a stranger who knows the format may leave them."""
    run = _make_run(folder)
    whole = {
        str(path.relative_to(run.path)): path.read_bytes()
        for path in sorted(run.path.rglob("*"))
        if path.is_file() and path != run.config
    }
    changed: dict[str, bytes] = {}

    def attempt(draw: Random) -> Attempt:
        for name in changed:
            (run.path / name).write_bytes(whole[name])
        changed.clear()
        changed.update(_forged(draw, whole) if draw.random() < 0.5 else _damaged(draw, whole))
        for name, data in changed.items():
            (run.path / name).write_bytes(data)
        return Attempt(dict(changed), _reads(run))

    return attempt


def _make_run(folder: Path) -> RunDirectory:
    run = RunDirectory(folder / "run")
    run.path.mkdir()
    run.config.write_text("seed: 0\n", encoding="utf-8")
    start_record(run, argv=["stnctl"], seed=0, data=DataRecord("digits", "00"), environment={})
    run.run.write_bytes(re.sub(rb"\d{4}-[-\dT:.]+Z", _TIME, run.run.read_bytes()))
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
    reads = (newest_valid_checkpoint, read_record, read_metrics, last_state, best_epoch)
    readers = (partial(load_checkpoint, run, 1), *pointers, *(partial(read, run) for read in reads))
    return (*readers, partial(truncate_after, run, 2))  # it also reads the times


def _damaged(draw: Random, whole: dict[str, bytes]) -> dict[str, bytes]:
    name = draw.choice(list(whole))
    return {name: damaged(draw, whole[name], () if name == _STATE else _TOKENS)}


def _forged(draw: Random, whole: dict[str, bytes]) -> dict[str, bytes]:
    """Return a state with the sums that fit it, or a JSON file with other values, sealed."""
    name = draw.choice([name for name in whole if not name.endswith("jsonl")])
    if name == _STATE:
        state = damaged(draw, whole[_STATE])
        sums = {"state_bytes": len(state), "state_sha256": sha256(state).hexdigest()}
        return {_STATE: state, _META: _sealed({**_unsealed(whole[_META]), **sums})}
    document = replaced(draw, _unsealed(whole[name]))
    try:
        return {
            name: _sealed(document) if "sha256" in json.loads(whole[name]) else _plain(document)
        }
    except ValueError:  # it can't be sealed, nor be in any JSON file
        return {name: json.dumps(document).encode()}


def _unsealed(data: bytes) -> dict:
    return {key: value for key, value in json.loads(data).items() if key != "sha256"}


def _sealed(document: dict) -> bytes:
    return checksummed_bytes({key: value for key, value in document.items() if key != "sha256"})


def _plain(document: dict) -> bytes:
    return json.dumps(document, allow_nan=False).encode()
