"""The answers of PyTorch in tests/golden/grid_sample.npz; its script says how they were made."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

_FILE = Path(__file__).parents[1] / "golden" / "grid_sample.npz"


def torch_cases():
    """Return one pytest parameter per case: U, theta, grid, V, dV, dU, dtheta, align_corners."""
    cases = {}
    with np.load(_FILE, allow_pickle=False) as arrays:
        for key in arrays:
            name, _, field = key.partition("/")
            if field:
                cases.setdefault(name, {})[field] = arrays[key]
    return [pytest.param(_case(fields), id=name) for name, fields in cases.items()]


def _case(fields):
    fields["align_corners"] = bool(fields["align_corners"])
    return SimpleNamespace(**fields, output_size=fields["V"].shape[1:3])
