import numpy as np
import pytest

from stnctl.figures.example_grids import shade_limits
from stnctl.inspection import transformers_figure
from stnctl.inspection.examples import TransformerMaps
from stnctl.inspection.inspected_example import InspectedExample
from stnctl.inspection.transformers_figure import _caption, _legend, transformers_png
from tests.inspection.networks import (
    HALF,
    INNER,
    PAIR,
    QUARTER_TURN,
    ROTATED,
    SEQUENCE,
    SHIFTED,
    STEPS,
    inspected,
    job_of,
)

pytestmark = pytest.mark.usefixtures("keras_backend")


@pytest.fixture
def drawn(monkeypatch):
    """Return the arguments of the figures that are drawn."""
    calls = []

    def record(U, limits, columns, captions, right, *, title):
        calls.append({"U": U, "columns": columns, "captions": captions, "title": title})
        return b""

    monkeypatch.setattr(transformers_figure, "transformer_rows_png", record)
    return calls


LINES = ("In a sequence", "All steps", "Inside the network")


def draw(folder, model, *thetas):
    job = job_of(folder, model)
    examples = inspected(job, *thetas)
    transformers_png(examples, job.network, title="x")
    return examples


def test_sequence_is_drawn_on_the_input(drawn, tmp_path):
    examples = draw(tmp_path, SEQUENCE, QUARTER_TURN, HALF)
    [call] = drawn
    for column, maps in zip(call["columns"], examples.transformers, strict=True):
        np.testing.assert_array_equal(column.U, examples.U)
        np.testing.assert_array_equal(column.V, maps.V)
        assert column.limits == [shade_limits(examples.U)] * 4
    assert [column.heading for column in call["columns"]] == ["1: rotation", "2: attention"]


def test_inner_transformer_is_drawn_on_the_mean_of_its_channels(drawn, tmp_path):
    examples = draw(tmp_path, INNER, ROTATED)
    [call] = drawn
    [column], [maps] = call["columns"], examples.transformers
    np.testing.assert_allclose(column.U[..., 0], maps.U.mean(axis=-1), rtol=1e-6)
    np.testing.assert_allclose(column.V[..., 0], maps.V.mean(axis=-1), rtol=1e-6)
    assert column.limits == [shade_limits(each) for each in column.U]
    assert column.heading == "affine\nin the classifier, layer 2"


@pytest.mark.parametrize(
    ("model", "lines"),
    [
        (PAIR, []),
        (SEQUENCE, ["In a sequence"]),
        (STEPS, ["All steps"]),
        (INNER, ["Inside the network"]),
    ],
    ids=["pair", "sequence", "steps", "inner"],
)
def test_legend_explains_only_what_is_drawn(model, lines, tmp_path):
    traced = job_of(tmp_path, model).network.transformers
    empty = np.zeros((1, 2, 2, 1))
    maps = [TransformerMaps(each, ("x",), empty, empty, empty, empty) for each in traced]
    legend = _legend(maps)
    assert [line for line in LINES if line in legend] == lines


def test_figure_without_space_for_all_examples_says_so(drawn, tmp_path, monkeypatch):
    monkeypatch.setattr(transformers_figure, "max_rows", lambda _num_transformers: 3)
    draw(tmp_path, PAIR, ROTATED, SHIFTED)
    [call] = drawn
    assert call["title"].startswith("x; the first 3 of 4\n")
    assert len(call["U"]) == len(call["captions"]) == 3
    for column in call["columns"]:
        assert len(column.U) == len(column.V) == len(column.outlines) == 3


def test_caption_of_a_row():
    item = InspectedExample(3, 9, 8, probability=0.9, loss=0.1, terms=[1, 8])
    assert _caption(item) == "example 3\nTrue: 1 + 8 = 9\nPred: 8\n(90.0%)"
