"""Pairwise combinations of all options of a config, and the test of one combination.

Every pair of values of two options is in at least one combination.
"""

import json
import random
import signal
from contextlib import closing
from functools import cache, partial
from pathlib import Path
from typing import Any

import covertable
import yaml
from covertable.criteria import greedy

from stnctl.config.choices import ACTIVATIONS, HEADS, OPTIMIZERS, PIXEL_RANGES
from stnctl.config.schedules import SCHEDULES
from stnctl.geometry.registries import (
    INTERPOLATIONS,
    PADDINGS,
    REGRESSED_TRANSFORMS,
    TRANSFORMS,
)
from stnctl.runs.directory import RunDirectory
from tests.data.synthetic import write_npz
from tests.faults.audited_child import AuditedChild
from tests.faults.chaos import file_digests
from tests.faults.self_signal import run_until

SECTIONS: dict[str, dict[str, Any] | None] = {
    "no transformer": None,
    "affine with constraints": {
        "transform": "affine",
        "constraints": [[None, 0.0, None], [0.0, 1.0, None]],
    },
    "thin_plate_spline of 3 x 2 points": {
        "transform": "thin_plate_spline",
        "control_points": [3, 2],
    },
}
"""Value of the transform in a combination that stands for a section -> the section."""

_TRANSFORMER, _CLASSIFIER = "model.transformer.", "model.classifier."
_LOCALIZATION = f"{_TRANSFORMER}localization."
_TRANSFORM, _HEAD = f"{_TRANSFORMER}transform", f"{_TRANSFORMER}head"

WITH_MOMENTUM = "sgd with momentum"
"""Value of the optimizer that stands for two keys."""

FACTORS: dict[str, list[Any]] = {
    _TRANSFORM: [*REGRESSED_TRANSFORMS, *SECTIONS],
    "data.distortion": [
        "none",
        "R",
        "RTS",
        "P",
        "E",
        {"set": "T", "canvas": [20, 20]},
        {"set": "TC", "canvas": [20, 20]},
        "addition",
    ],
    f"{_TRANSFORMER}interpolation": [*INTERPOLATIONS],
    f"{_TRANSFORMER}padding": [*PADDINGS],
    f"{_TRANSFORMER}align_corners": [True, False],
    f"{_TRANSFORMER}output_size": [None, [9, 14]],
    _HEAD: [*HEADS],
    f"{_LOCALIZATION}bottleneck": [None, {"units": 3}],
    f"{_LOCALIZATION}activation": [*ACTIVATIONS],
    f"{_CLASSIFIER}activation": [*ACTIVATIONS],
    f"{_CLASSIFIER}units_activation": [*ACTIVATIONS],
    f"{_CLASSIFIER}dropout": [0.0, 0.4],
    "data.pixels": [*PIXEL_RANGES],
    "data.validation": [0.2, "test"],
    "data.train_size": [None, 40],
    "train.optimizer": [*OPTIMIZERS, WITH_MOMENTUM],
    "train.schedule": [*SCHEDULES, {"schedule": "cosine", "warmup": 0.5}],
    "train.learning_rate_of.classifier": [1.0, 0.5],
    "train.precision": ["float32", "bfloat16"],
    "train.freeze.classifier": [None, "3 steps"],
    "train.clip_norm": [None, 0.5],
    "train.label_smoothing": [0.0, 0.1],
    "train.class_weights": [None, "balanced"],
    "train.ema": [None, 0.8],
    "train.patience": [None, 1],
    "train.batch_size": [16, 25],
    "train.checkpoint_every": [None, "1 steps", "2 steps"],
    "train.threads": [1, 2],
    "seed": [0, 2**32 - 1],
}
"""Key of a config -> its values."""

FIXED: dict[str, Any] = {
    "data.source": "tiny.npz",
    "train.epochs": 2,
    "train.learning_rate": 0.002,
    f"{_LOCALIZATION}filters": [3],
    f"{_CLASSIFIER}filters": [3],
    f"{_CLASSIFIER}units": 6,
}

MOMENTS = (
    "os.rename:step-",
    "os.rename:last.json",
    "os.rename:best.json",
    "os.rename:step- os.rename:step-",
    "os.rename:last.json os.rename:last.json",
    "os.rename:step- os.rename:model.keras",
)
"""Moments of a kill that every combination reaches, for `run_until`."""


def is_possible(row: dict[str, Any]) -> bool:
    """Return whether the values of some keys fit each other: the head `unit` needs an angle."""
    angles = [name for name in REGRESSED_TRANSFORMS if "angle" in TRANSFORMS[name].parameters]
    fitting = (*angles, "no transformer")
    return row.get(_HEAD) != "unit" or row.get(_TRANSFORM, fitting[0]) in fitting


@cache
def combinations() -> list[dict[str, Any]]:
    """Return the values of all keys in `FACTORS` for each combination, always in the same order."""
    keys = list(FACTORS)
    indices = [list(range(len(values))) for values in FACTORS.values()]

    def values_of(row: dict[int, int]) -> dict[str, Any]:
        return {keys[place]: FACTORS[keys[place]][index] for place, index in row.items()}

    possible = {
        "operator": "fn",
        "requires": [keys.index(_HEAD), keys.index(_TRANSFORM)],
        "evaluate": lambda row: is_possible(values_of(row)),
    }
    rows = covertable.make(indices, criterion=greedy, tolerance=0, constraints=[possible])
    return [values_of(dict(enumerate(row))) for row in rows]


def config_of(combination: dict[str, Any]) -> dict[str, Any]:
    """Return the config of a combination as nested dicts."""
    config: dict[str, Any] = {}
    for key, value in (FIXED | combination).items():
        *sections, name = key.split(".")
        place = config
        for section in sections:
            place = place.setdefault(section, {})
        place[name] = value
    if config["train"]["optimizer"] == WITH_MOMENTUM:
        config["train"] |= {"optimizer": "sgd", "momentum": 0.9}
    transformer = config["model"]["transformer"]
    if (choice := transformer["transform"]) in SECTIONS:
        changes = SECTIONS[choice]
        config["model"]["transformer"] = None if changes is None else transformer | changes
    return config


def check_combination(folder: Path, number: int, backend: str) -> None:
    """Train a combination with and without a kill, compare the bits, evaluate and inspect it.

    Args:
        folder: An empty folder.
        number: Index of the combination. It also determines the moment of the kill.
        backend: The Keras backend.
    """
    write_npz(folder / "tiny.npz", train=60, test=20, side=12)
    config = config_of(combinations()[number])
    (folder / "x.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    finished, killed = (RunDirectory(folder / "runs" / name) for name in ("finished", "killed"))
    moment = random.Random(number).choice(MOMENTS)
    train = ("train", "x.yaml", "--quiet", "--name")
    done = run_until(folder, moment, *train, killed.name, backend=backend)
    assert done.returncode == -signal.SIGKILL, (moment, done)

    with closing(AuditedChild(backend=backend)) as child:
        run = partial(_run, child, folder)
        run("train", "--resume", killed.name, "--strict", "--quiet")
        run(*train, finished.name)
        assert file_digests(killed) == file_digests(finished)
        assert 0 <= json.loads(run("eval", killed.name, "--json"))["accuracy"] <= 1
        run("inspect", killed.name, "--bad", "2")
        assert {file.suffix for file in killed.path.glob("inspect/*/*")} == {".json", ".png"}


def _run(child: AuditedChild, folder: Path, *arguments: str) -> str:
    done = child(folder, *arguments, timeout=300)
    assert (done.code, "not bit-exact" in done.stderr) == (0, False), (arguments, done.stderr)
    return done.stdout
