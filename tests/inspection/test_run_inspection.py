import json

import numpy as np
import pytest

from stnctl.geometry import TRANSFORMS
from stnctl.inspection.examples import InspectedExamples, TransformerMaps
from stnctl.inspection.inspected_example import InspectedExample
from stnctl.inspection.run_inspection import (
    Inspection,
    example_figures,
    inspect_run,
    write_inspection,
)
from stnctl.inspection.selection import Selection
from stnctl.training.setup import make_model
from tests.inspection.networks import (
    CONVOLUTION,
    INNER,
    PAIR,
    SHIFTED,
    job_of,
    loaded,
    transformer,
)
from tests.tiny import SIDE


def inspection_of(*transformers):
    """Return an inspection with the thetas (n, num_params) of each transformer."""
    items = [InspectedExample(n, 1, 1, probability=0.9, loss=0.1) for n in range(2)]
    empty = np.zeros((2, 2, 2, 1))
    maps = [
        TransformerMaps(None, None, empty, np.array(theta), empty, empty) for theta in transformers
    ]
    return Inspection({"run": "x"}, InspectedExamples(items, empty, maps), {"U.png": b"u"})


@pytest.mark.parametrize(
    ("transformers", "same"),
    [
        ([], []),
        ([[[1.0, 0.0]]], []),
        ([[[1.0, 0.0], [1.01, 0.0]]], [0]),
        ([[[1.0, 0.0], [1.0, 0.03]]], []),
        ([[[1.0], [1.3]], [[0.5, 2.0], [0.5, 2.0]]], [1]),
    ],
)
def test_inspection_same_thetas(transformers, same):
    inspection = inspection_of(*transformers)
    found = inspection.same_thetas
    assert [id(maps) for maps in found] == [
        id(inspection.examples.transformers[number]) for number in same
    ]


def inspect(job):
    selection = Selection("index", indices=(3, 0))
    run = loaded(job, make_model(job))
    return inspect_run(run, selection, split="test", checkpoint="best")


@pytest.mark.parametrize(
    ("model", "names", "keys"),
    [
        ({}, ["U.png", "V.png", "UV.png"], {"theta", "parts"}),
        (PAIR, ["U.png", "transformers.png"], {"transformers"}),
        (INNER, ["U.png", "transformers.png"], {"theta", "parts"}),
    ],
    ids=["one", "pair", "inner"],
)
def test_inspect_run_files(model, names, keys, tmp_path, keras_backend):
    """One transformer in front of the classifier has V.png and UV.png, others one figure."""
    inspection = inspect(job_of(tmp_path, model))
    assert list(inspection.figures) == names
    for item in inspection.report["items"]:
        described = {"theta", "parts", "transformers"} & {key for key in item if item[key]}
        assert described == keys


@pytest.mark.parametrize(
    ("keys", "only"), [({}, True), ({"feed_theta": True}, False), ({"shares": 1}, True)]
)
def test_legend_says_whether_the_classifier_sees_only_v(keys, only, tmp_path, monkeypatch):
    """With `feed_theta`, the classifier has another input."""
    model = {"transformer": transformer(**keys), "classifier": [CONVOLUTION]}
    job = job_of(tmp_path, model)
    [traced] = job.network.transformers
    n, size = 2, (SIDE, SIDE)
    maps = np.zeros((n, *size, 1))
    grid = TRANSFORMS["affine"].grid(np.array([SHIFTED] * n), size)
    items = [InspectedExample(each, 1, 1, probability=0.9, loss=0.1) for each in range(n)]
    given = TransformerMaps(traced, ("affine",), maps, np.array([SHIFTED] * n), grid, maps)
    titles = []
    monkeypatch.setattr(
        "stnctl.inspection.run_inspection.pairs_png",
        lambda *_args, title, notes: titles.append(title),
    )
    monkeypatch.setattr("stnctl.inspection.run_inspection.maps_png", lambda *_args, **_keys: b"")
    example_figures(loaded(job, None), "x", InspectedExamples(items, maps, [given]))
    [title] = titles
    end = "V is the sampled image, the only input of the classifier." if only else "sampled image."
    assert title.endswith(end)


def test_write_inspection_writesexample_figures_and_report(tmp_path):
    paths = write_inspection(tmp_path / "inspect", inspection_of())
    assert paths == [tmp_path / "inspect" / name for name in ("U.png", "items.json")]
    assert paths[0].read_bytes() == b"u"
    assert json.loads(paths[1].read_text(encoding="utf-8")) == {"run": "x"}
