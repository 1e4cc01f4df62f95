"""Steps of a training on random images, for the benchmarks that time them."""

import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from stnctl.models.network import Network


def network_and_model(
    config: str, overrides: Sequence[str], shape: tuple[int, int, int] = (28, 28, 1)
) -> tuple[Network, Any]:
    """Return the trace and the compiled model of a config of `configs/` for images (H, W, C)."""
    from stnctl.config.load import load_config
    from stnctl.models.build import build_model
    from stnctl.models.network import fitting_network
    from stnctl.training.optimizer import compile_model

    loaded = load_config(Path(f"configs/{config}.yaml"), overrides)
    network = fitting_network(loaded.model, shape, 10)
    model = build_model(loaded, network)
    compile_model(model, loaded.train, 1000)
    return network, model


def random_batches(
    num_steps: int, batch: int, shape: tuple[int, int, int] = (28, 28, 1)
) -> dict[str, np.ndarray]:
    """Return images, U (num_steps, batch, H, W, C), and labels (num_steps, batch)."""
    rng = np.random.default_rng(0)
    U = rng.random((num_steps, batch, *shape), "float32")
    return {"U": U, "labels": rng.integers(0, 10, (num_steps, batch))}


def median_seconds(call: Callable[[], Any], least: float = 1.0) -> float:
    """Return the median seconds of a call, from at least five calls and ``least`` seconds."""
    call()
    call()
    times: list[float] = []
    while len(times) < 5 or sum(times) < least:
        clock = time.perf_counter()
        call()
        times.append(time.perf_counter() - clock)
    return statistics.median(times)


def peak_memory() -> int:
    """Return the peak of the memory of this process so far, in bytes."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    [kilobytes] = [row.split()[1] for row in status.splitlines() if row.startswith("VmHWM")]
    return 1024 * int(kilobytes)
