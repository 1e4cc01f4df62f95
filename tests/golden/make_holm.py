"""Make tests/golden/holm.json: p values after Holm's correction, by statsmodels (version 0.15.0).

Needs statsmodels; the tests need only the file. Run it from the root of the project:
python -m tests.golden.make_holm
"""

import json
from pathlib import Path

import numpy as np
from statsmodels.stats.multitest import multipletests

TARGET = Path(__file__).with_name("holm.json")


def main() -> None:
    rng = np.random.default_rng(0)
    families = [
        [0.03],
        [0.0625] * 3,
        [0.5, 0.5, 1.0],
        [0.01, 0.01, 0.02, 0.02],
        *(rng.uniform(0, 10.0 ** -rng.integers(0, 4), rng.integers(2, 30)) for _ in range(30)),
        *(2.0 ** -rng.integers(0, 12, rng.integers(2, 12)) for _ in range(10)),  # with ties
    ]
    cases = [
        {"p": list(p), "adjusted": multipletests(p, method="holm")[1].tolist()} for p in families
    ]
    TARGET.write_text(json.dumps(cases) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
