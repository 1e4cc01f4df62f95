from dataclasses import replace

import numpy as np
import pytest

from stnctl.figures.band_curves import MAX_BANDS
from stnctl.sweeps.figure_values import (
    best_bands,
    distinct_values,
    heat_map,
    size_curves,
    value_slices,
)
from stnctl.sweeps.sweep_table import sweep_table
from tests.reports.synthetic_run import write_run
from tests.sweeps.test_sweep_table import cell

RATE, BATCH, SIZE = "train.learning_rate", "train.batch_size", "data.train_size"


def document_of(*found):
    return sweep_table("x", found)


def trained(folder, values, seed, *accuracies, state="finished"):
    """Return a cell with a run of plain files."""
    found = cell(values, seed, max(accuracies), state=state)
    run = write_run(folder / found.cell, seed=seed, accuracies=accuracies)
    return replace(found, run=run.path)


def test_best_bands(tmp_path):
    """A band has the finished runs of a group; a run that can't be read is left out."""
    found = [trained(tmp_path, {"base": "a"}, seed, 0.5, 0.6 + seed / 10) for seed in (0, 1, 2)]
    found.append(trained(tmp_path, {"base": "a"}, 3, 0.1, 0.2, state="diverged"))
    (found[2].run / "metrics.jsonl").write_bytes(b"\xff\n")
    [band] = best_bands(document_of(*found, cell({"base": "b"}, 0, None, state="missing")))
    assert (band.label, band.count) == ("a", 2)
    np.testing.assert_allclose(band.mean, [50, 65])


def test_best_bands_of_many_groups(tmp_path):
    """They are the best groups by validation, in the order of the table."""
    found = [trained(tmp_path, {RATE: n}, 0, (n * 7 % 30) / 30) for n in range(1, 30)]
    bands = best_bands(document_of(*found))
    best = sorted(range(1, 30), key=lambda n: -(n * 7 % 30))[:MAX_BANDS]
    assert [band.label for band in bands] == [f"learning_rate {n}" for n in sorted(best)]


def test_heat_map():
    """Numbers are in ascending order, and a missing group is unknown."""
    found = [
        cell({RATE: rate, BATCH: batch}, seed, rate + batch / 100 + seed / 10)
        for rate in (0.2, 0.1)
        for batch in (8, 4)
        for seed in (0, 1)
        if (rate, batch) != (0.1, 8)
    ]
    heat = heat_map(document_of(*found), [RATE, BATCH])
    np.testing.assert_allclose(heat.values, [[19, np.nan], [29, 33]])
    assert (heat.rows, heat.columns) == (["0.1", "0.2"], ["4", "8"])
    assert (heat.row_name, heat.column_name) == (RATE, BATCH)


def test_distinct_values():
    """Texts keep their order, and a group without the key has the text "-"."""
    values = [{"a": "z"}, {"a": "b"}, {}, {"a": 1}, {"a": True}, {"a": "z"}]
    document = document_of(*[cell(each, n) for n, each in enumerate(values)])
    assert list(distinct_values(document, "a").values()) == ["z", "b", "-", "1", "true"]


def test_value_slices():
    found = [
        cell({RATE: 0.1, "base": "b"}, 0, 0.5),
        cell({"base": "a"}, 0, 0.75),
        cell({RATE: 0.3, "base": "b"}, 0, 0.9, state="diverged"),
        cell({RATE: 0.2, "base": "b"}, 0, None),
    ]
    (base, rate), results = value_slices(document_of(*found))
    np.testing.assert_array_equal(results, [50, 75, np.nan, np.nan])
    np.testing.assert_array_equal(rate.values, [0.1, np.nan, 0.3, 0.2])
    assert (rate.name, rate.names) == ("learning_rate", None)
    assert (base.values.tolist(), base.names) == ([0, 1, 0, 0], ["b", "a"])


def test_size_curves():
    found = [
        cell({"base": base, SIZE: size}, seed, 0.5, 1 - error - seed / 100)
        for base, error in (("cnn", 0.3), ("stn", 0.2))
        for size in (1000, 100)
        for seed in (0, 1)
    ]
    found.append(cell({"base": "stn", SIZE: None}, 0, 0.5, 0.9))
    cnn, stn = size_curves(document := document_of(*found))
    assert (cnn.label, stn.label, cnn.sizes.tolist()) == ("cnn", "stn", [100, 1000])
    np.testing.assert_allclose(stn.error, [20.5, 20.5])
    low, high = document["groups"][0]["test_accuracy"]["interval"]
    assert (cnn.low[0], cnn.high[0]) == pytest.approx((100 - 100 * high, 100 - 100 * low))


def test_size_curves_of_one_seed():
    """Without test results, the error is that on the validation images."""
    [curve] = size_curves(document_of(*[cell({SIZE: size}, 0, 0.9) for size in (10, 20)]))
    assert (curve.label, curve.error.tolist()) == ("all", pytest.approx([10, 10]))
    assert np.isnan([curve.low, curve.high]).all()


@pytest.mark.parametrize("size", [-1, 0, True, "100", 10**400, [100]])
def test_size_curves_of_hostile_sizes(size):
    assert size_curves(document_of(cell({SIZE: size}, 0))) == []
