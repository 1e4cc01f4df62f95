"""PyTorch's results in tests/golden/*.npz; the scripts there produced them."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

_FOLDER = Path(__file__).parents[1] / "golden"

TORCH_MODES = {
    "interpolation": ("nearest", "bilinear", "bicubic"),
    "padding": ("zeros", "border", "reflection"),
}


def torch_cases():
    """Return one pytest parameter per case: U, theta, grid, V, dV, dU, dtheta, align_corners.

    All are bilinear, with zeros outside.
    """
    return [
        pytest.param(SimpleNamespace(**fields, output_size=fields["V"].shape[1:3]), id=name)
        for name, fields in _cases("grid_sample.npz").items()
    ]


def torch_mode_cases(interpolation, padding):
    """Return the cases of a mode: U, grid, V, dV, dU, align_corners; dgrid if it has a slope."""
    prefix = f"{interpolation}-{padding}-"
    return [
        SimpleNamespace(
            name=name,
            **{key: fields[key] for key in ("U", "grid", "dV", "align_corners")},
            **{key.removeprefix(prefix): fields[key] for key in fields if key.startswith(prefix)},
        )
        for name, fields in _cases("grid_sample_modes.npz").items()
        if f"{prefix}V" in fields
    ]


def _cases(file):
    cases = {}
    with np.load(_FOLDER / file, allow_pickle=False) as arrays:
        for key in arrays:
            name, _, field = key.partition("/")
            if field:
                cases.setdefault(name, {})[field] = arrays[key]
    for fields in cases.values():
        fields["align_corners"] = bool(fields["align_corners"])
    return {name: fields for name, fields in cases.items() if _is_comparable(fields)}


def _is_comparable(fields):
    """With ``align_corners``, PyTorch reads an axis of one pixel as if it had no end."""
    return not (fields["align_corners"] and 1 in fields["U"].shape[1:3])
