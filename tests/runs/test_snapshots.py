from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest

from stnctl.errors import InputError
from stnctl.runs.snapshots import (
    MAX_BYTES,
    MIN_EPOCHS,
    Snapshots,
    kept_epochs,
    planned_size,
    read_snapshots,
    write_snapshots,
)


def snapshots_of(epochs, num_examples=3, **num_params):
    rng = np.random.default_rng(0)
    shape = len(epochs), num_examples
    return Snapshots(
        np.arange(num_examples) + 5,
        np.array(epochs),
        rng.integers(0, 10, shape, "int32"),
        rng.random(shape, "float32"),
        {
            name: rng.random((*shape, size), "float32")
            for name, size in (num_params or {"a": 6}).items()
        },
    )


def train(num_epochs, max_epochs, num_examples=3, **num_params):
    snapshots = snapshots_of([0], num_examples, **num_params)
    for epoch in range(1, num_epochs + 1):
        snapshots = snapshots.added(snapshots_of([epoch], num_examples, **num_params), max_epochs)
    return snapshots


@pytest.mark.parametrize(
    ("last", "kept"),
    [
        (0, [0]),
        (3, [0, 1, 2, 3]),
        (4, [0, 2, 4]),
        (5, [0, 2, 4, 5]),
        (6, [0, 2, 4, 6]),
        (7, [0, 4, 7]),
        (9, [0, 4, 8, 9]),
        (1000, [0, 512, 1000]),
    ],
)
def test_kept_epochs(last, kept):
    epochs = np.arange(last + 1)
    assert epochs[kept_epochs(epochs, 4)].tolist() == kept


@pytest.mark.parametrize("max_epochs", [2, 3, 4, 7, 16, 33])
def test_kept_epochs_do_not_depend_on_earlier_choices(max_epochs):
    """Epochs that are dropped one by one leave the same ones as all epochs at once."""
    kept = np.array([0])
    for last in range(1, 300):
        joined = np.append(kept, last)
        kept = joined[kept_epochs(joined, max_epochs)]
        every = np.arange(last + 1)
        np.testing.assert_array_equal(kept, every[kept_epochs(every, max_epochs)])
        assert len(kept) <= max_epochs


@pytest.mark.parametrize(
    ("num_params", "num_examples"),
    [
        ({"spatial_transformer": 6}, 8),
        ({"spatial_transformer": 6}, 100),
        ({f"spatial_transformer_{k}": 32 for k in range(4)}, 8),
        ({f"spatial_transformer_{k}": 200 for k in range(3)}, 100),
        ({"é" * 200 + str(k): 6 for k in range(100)}, 8),
    ],
)
def test_planned_size_keeps_the_limit(run, num_params, num_examples):
    count, max_epochs = planned_size(num_examples, num_params)
    assert 1 <= count <= num_examples
    assert max_epochs >= MIN_EPOCHS
    write_snapshots(run, snapshots_of(range(max_epochs), count, **num_params))
    assert run.snapshots.stat().st_size <= MAX_BYTES


def test_planned_size_of_usual_networks():
    assert planned_size(8, {"spatial_transformer": 6})[0] == 8
    assert planned_size(8, {"spatial_transformer": 6})[1] > 700
    assert planned_size(0, {"spatial_transformer": 6}) == (0, 0)
    assert planned_size(8, {}) == (0, 0)
    assert planned_size(8, {"spatial_transformer": 10_000}) == (0, 0)


def test_write_snapshots_of_1000_epochs(run):
    count, max_epochs = planned_size(8, {"spatial_transformer": 6})
    snapshots = train(1000, max_epochs, count, spatial_transformer=6)
    write_snapshots(run, snapshots)
    assert run.snapshots.stat().st_size <= MAX_BYTES
    np.testing.assert_array_equal(read_snapshots(run).epochs, np.arange(0, 1001, 2))


def test_read_snapshots_roundtrip(run):
    assert read_snapshots(run) is None
    written = snapshots_of([0, 1, 4], b=6, a=1)
    write_snapshots(run, written)
    found = read_snapshots(run)
    assert list(found.thetas) == ["b", "a"]
    for name in ("indices", "epochs", "predicted", "probabilities"):
        np.testing.assert_array_equal(getattr(found, name), getattr(written, name), strict=True)
    for name, theta in written.thetas.items():
        np.testing.assert_array_equal(found.thetas[name], theta, strict=True)


def test_read_snapshots_golden_numpy(run):
    """NumPy reads the documented arrays."""
    write_snapshots(run, snapshots_of([0, 1]))
    with np.load(run.snapshots, allow_pickle=False) as arrays:
        shapes = {name: (array.dtype.name, array.shape) for name, array in arrays.items()}
    assert shapes == {
        "index": ("int64", (3,)),
        "epoch": ("int64", (2,)),
        "predicted": ("int32", (2, 3)),
        "probability": ("float32", (2, 3)),
        "theta/a": ("float32", (2, 3, 6)),
    }


def test_until():
    snapshots = snapshots_of([0, 2, 4])
    assert snapshots.until(3).epochs.tolist() == [0, 2]
    np.testing.assert_array_equal(snapshots.until(3).thetas["a"], snapshots.thetas["a"][:2])


def savez(save, **arrays):
    buffer = BytesIO()
    save(buffer, **arrays)
    return buffer.getvalue()


GOOD = snapshots_of([0, 1])
NAN = np.full((2, 3, 6), np.nan, "float32")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"epochs": np.array([1, 0])}, "ascending epochs"),
        ({"epochs": np.array([-1, 0])}, "ascending epochs"),
        ({"epochs": np.array([0, 2**62])}, "ascending epochs"),
        ({"epochs": np.array([], "int64")}, "ascending epochs"),
        ({"epochs": np.array([0.0, 1.0])}, "an array epoch of int64 with 1 axes"),
        ({"indices": np.array([-1, 0, 1])}, "the indices of 1 to 100 images"),
        ({"indices": np.arange(101)}, "the indices of 1 to 100 images"),
        ({"indices": np.array([], "int64")}, "the indices of 1 to 100 images"),
        ({"indices": np.arange(2)}, "arrays of 2 epochs and 2 images"),
        ({"predicted": np.zeros((2, 3))}, "an array predicted of int32"),
        ({"thetas": {}}, "expected the arrays index, epoch"),
        ({"thetas": {"a": NAN}}, "not finite"),
        ({"thetas": {"a": NAN[:1]}}, "arrays of 2 epochs and 3 images"),
        ({"thetas": {"a": NAN[:, :, 0]}}, "an array theta/a of float32 with 3 axes"),
        ({"thetas": {str(k): NAN for k in range(120)}}, "it has 124 arrays"),
    ],
)
def test_read_snapshots_rejects(run, changes, problem):
    write_snapshots(run, replace(GOOD, **changes))
    with pytest.raises(InputError, match=problem):
        read_snapshots(run)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "it is not an .npz file"),
        (b"PK\3\4", "it is not an .npz file"),
        (savez(np.savez_compressed, index=np.arange(3)), "is compressed"),
        (savez(np.savez, index=np.array([{}])), "a dtype of numbers"),
        (bytes(MAX_BYTES + 1), "expected at most 200,000"),
    ],
)
def test_read_snapshots_rejects_other_files(run, data, problem):
    run.snapshots.write_bytes(data)
    with pytest.raises(InputError, match=problem):
        read_snapshots(run)
