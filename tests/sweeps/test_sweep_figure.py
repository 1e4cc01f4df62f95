import pytest

from stnctl.config.choices import SWEEP_FIGURES
from stnctl.errors import InputError, UsageError
from stnctl.sweeps.sweep_figure import _FIGURES, MAX_SIDE, fitting_kind, sweep_figure
from stnctl.sweeps.sweep_table import sweep_table
from tests.figures.png_areas import decode
from tests.sweeps.test_sweep_table import cell

RATE, BATCH, SIZE = "train.learning_rate", "train.batch_size", "data.train_size"


def document_of(*groups):
    return sweep_table("x", [cell(values, 0, 0.5 + n / 1e4) for n, values in enumerate(groups)])


GRID = [{RATE: rate, BATCH: batch} for rate in (0.1, 0.2) for batch in (8, 16)]
DRAWS = [{RATE: n / 10, BATCH: n} for n in range(1, 31)]


def test_figures_are_the_choices():
    assert tuple(_FIGURES) == SWEEP_FIGURES


@pytest.mark.parametrize(
    ("groups", "kind"),
    [
        ([{}], "curves"),
        ([{"base": "a"}, {"base": "b"}], "curves"),
        (GRID, "heat_map"),
        (GRID[:3], "curves"),
        (DRAWS, "slices"),
        ([{RATE: 0.1, BATCH: batch} for batch in (1, 2)], "curves"),
        ([{"base": base, SIZE: size} for base in "ab" for size in (100, 200)], "train_size"),
        ([{SIZE: None}, {SIZE: 100}], "curves"),
    ],
)
def test_fitting_kind(groups, kind):
    assert fitting_kind(document_of(*groups)) == kind


@pytest.mark.parametrize("kind", SWEEP_FIGURES)
def test_sweep_figure(kind):
    groups = [{**values, SIZE: 100} for values in GRID] if kind == "train_size" else GRID
    figure = sweep_figure(document_of(*groups), kind)
    assert figure.title.startswith("sweep x: ")
    assert min(decode(figure.png()).shape[:2]) > 300
    assert figure.svg("p").startswith("<svg")


@pytest.mark.parametrize(
    ("kind", "groups", "message"),
    [
        ("heat_map", [{"base": "a"}], "needs two keys, but the groups differ in base"),
        ("heat_map", [{}], "differ in none"),
        ("heat_map", [{RATE: n, BATCH: 1} for n in range(MAX_SIDE + 1)], "at most 1,000 values"),
        ("slices", [{}], "need a key"),
        ("train_size", GRID, r"no group .* a number as its data\.train_size"),
    ],
)
def test_sweep_figure_rejects(kind, groups, message):
    with pytest.raises(UsageError, match=message):
        sweep_figure(document_of(*groups), kind)


def test_sweep_figure_without_results():
    document = sweep_table("x", [cell({}, 0, None, state="missing")])
    with pytest.raises(InputError, match="sweep x has no finished cell"):
        sweep_figure(document)
