"""Profile of a training step: its share of the machine's limit, and the time of its operations.

    python -m benchmarks.step_profile

The limit is the larger one of two times: the multiply-adds of the step at the rate of a large
matrix product, and the bytes of all activations and gradients at the rate of a copy. Both rates are
measured on this machine with the same two threads. The second table has the time of each kind of
operation, summed over the threads, from TensorFlow's profiler.
"""

import collections
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.training_steps import median_seconds, network_and_model, random_batches
from stnctl.models.backend import start_backend

THREADS = 2
BATCHES = {32: 8, 256: 1}
"""Batch size -> steps of a call."""

PRECISIONS = {"float32": 4, "bfloat16": 2}
"""Value of `train.precision` -> bytes of a number."""

PASSES = 5
"""Times that each activation or its gradient is written or read: activation written, read by the
next layer and by the gradient; gradient written and read."""


def main() -> None:
    """Measure the rates, then each network, batch size and precision."""
    start_backend(threads=THREADS)
    product = {name: product_rate(name) for name in PRECISIONS}
    copy = copy_rate()
    rates = ", ".join(f"{rate / 1e9:,.0f} GFLOP/s in {name}" for name, rate in product.items())
    console = Console(width=140)
    console.print(f"matrix product: {rates}; copy: {copy / 1e9:.1f} GB/s")
    table = Table("network", "batch", "precision", "ms", "products ms", "bytes ms", "share",
                  box=box.MARKDOWN)  # fmt: skip
    shares = {}
    for name in ("cnn", "stn"):
        for batch in BATCHES:
            for precision, size in PRECISIONS.items():
                step, network = step_of(name, batch, precision)
                seconds = median_seconds(step) / BATCHES[batch]
                products = 2 * batch * multiply_adds(network) / product[precision]
                moved = PASSES * size * batch * values(network) / copy
                share = max(products, moved) / seconds
                row = (seconds, products, moved)
                table.add_row(name, str(batch), precision, *(f"{1000 * each:.1f}" for each in row),
                              f"{share:.0%}")  # fmt: skip
                if name == "stn":
                    shares[f"{precision}, batch {batch}"] = operations(step)
    console.print(table)
    console.print(operation_table(shares))


def product_rate(precision: str) -> float:
    """Return the rate of large matrix products, one on each thread, in operations per second."""
    import tensorflow as tf

    side = 1536
    pairs = [tf.cast(tf.random.normal((2, side, side)), precision) for _ in range(THREADS)]
    multiply = tf.function(lambda: [tf.linalg.matmul(pair[0], pair[1]) for pair in pairs])
    return float(THREADS * 2 * side**3 / median_seconds(multiply))


def copy_rate() -> float:
    """Return the rate of a copy of large arrays, in bytes read and written per second."""
    import tensorflow as tf

    arrays = [tf.random.normal((2**25,)) for _ in range(THREADS)]
    negate = tf.function(lambda: [-each for each in arrays])
    return float(2 * THREADS * 4 * 2**25 / median_seconds(negate))


def step_of(name: str, batch: int, precision: str) -> tuple[Callable[[], Any], Any]:
    """Return a function of a call of the stepper on random images, and the trace of the network."""
    from stnctl.models.stepping import make_stepper

    network, model = network_and_model(name, [f"train.precision={precision}"])
    stepper = make_stepper(model, network)
    arrays = random_batches(BATCHES[batch], batch)
    return lambda: (stepper(arrays), model), network


def multiply_adds(network: Any) -> int:
    """Return the multiply-adds of a step for one image: forward, and both gradients.

    A layer on U needs no gradient to its input.
    """
    total = 0
    for node in network.nodes:
        passes = 2 if node.inputs[0] == network.input else 3
        total += passes * node.operation.multiply_adds(*node.shapes)
    return total


def values(network: Any) -> int:
    """Return the number of activations of one image."""
    return sum(node.operation.activations(*node.shapes) for node in network.nodes)


def operations(call: Callable[[], Any]) -> dict[str, float]:
    """Return the share of each kind of operation in the time of all threads."""
    import tensorflow as tf

    with tempfile.TemporaryDirectory() as folder:
        tf.profiler.experimental.start(folder)
        for _ in range(10):
            call()
        tf.profiler.experimental.stop()
        [path] = Path(folder).rglob("*.xplane.pb")
        own = own_times(path.read_bytes())
    total = sum(own.values())
    return {kind: duration / total for kind, duration in own.items()}


def own_times(trace: bytes) -> dict[str, int]:
    """Return the picoseconds of each kind of operation, without those of operations within it."""
    from tensorflow.tsl.profiler.protobuf import xplane_pb2

    space = xplane_pb2.XSpace()
    space.ParseFromString(trace)
    own: collections.Counter[str] = collections.Counter()
    for plane in space.planes:
        for line in plane.lines if "CPU" in plane.name else ():
            names = plane.event_metadata
            events = sorted((e.offset_ps, -e.duration_ps, names[e.metadata_id].name)
                            for e in line.events)  # fmt: skip
            open_events: list[tuple[int, str]] = []
            for start, negative, name in events:
                while open_events and open_events[-1][0] <= start:
                    open_events.pop()
                kind = kind_of(name)
                own[kind] -= negative
                if open_events:
                    own[open_events[-1][1]] += negative
                open_events.append((start - negative, kind))
    return {kind: own[kind] for kind in set(KINDS.values()) | {OTHER} if own[kind] > 0}


KINDS = {
    r"Conv2DBackpropFilter": "convolution, gradient to the weights",
    r"Conv2DBackpropInput": "convolution, gradient to the input",
    r"Conv2D": "convolution",
    r"MaxPoolGrad": "max-pool, gradient",
    r"MaxPool": "max-pool",
    r"adam": "optimizer",
    r"fusion|matmul\.|ExecuteAsyncOnStream": "grid and sampler (XLA)",
    r"MatMul": "dense layers",
    r"Sigmoid|Relu|Tanh": "activations",
    r"ExecutorState|Executor": "scheduling of operations",
    r"KernelAndDeviceFunc::Run|^train$|FunctionRun|tf\.|TFE_|Eager": "",
}
"""Pattern of the name of an event -> kind; the first one that fits. "" is waiting."""

OTHER = "other"


def kind_of(name: str) -> str:
    """Return the kind of an event of the profiler."""
    return next((kind for pattern, kind in KINDS.items() if re.search(pattern, name)), OTHER)


def operation_table(shares: dict[str, dict[str, float]]) -> Table:
    """Return a table of the shares of each kind, without waiting, largest first."""
    table = Table("STN, share of the threads' time", *shares, box=box.MARKDOWN)
    busy = {name: {k: v for k, v in found.items() if k} for name, found in shares.items()}
    totals = {name: sum(found.values()) for name, found in busy.items()}
    sums = collections.Counter[str]()
    for found in busy.values():
        sums.update(found)
    kinds = [kind for kind, _ in sums.most_common()]
    for kind in kinds:
        table.add_row(kind, *(f"{busy[name].get(kind, 0) / totals[name]:.0%}" for name in shares))
    return table


if __name__ == "__main__":
    main()
