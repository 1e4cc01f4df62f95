import pytest

from stnctl.config.choices import SWEEP_FIGURES
from stnctl.reports.page import render_page
from stnctl.sweeps.sweep_page import ALTS, MAX_ROWS, sweep_section
from stnctl.sweeps.sweep_table import sweep_table
from tests.reports.pages import Page
from tests.sweeps.test_sweep_table import cell, cells

GRID = [{"train.learning_rate": a, "train.batch_size": b} for a in (0.1, 0.2) for b in (8, 16)]


def test_alts_are_those_of_the_choices():
    assert tuple(ALTS) == SWEEP_FIGURES


def test_sweep_section():
    section = sweep_section(sweep_table("x", cells()))
    assert [len(table.rows) for table in section.tables] == [3, 3, 3]
    assert [len(table.rows) for table in section.details] == [18]
    assert section.remarks[0].startswith("best group by validation: stn")
    [figure] = section.figures
    assert figure.alt == ALTS["curves"]


def test_sweep_section_of_a_grid():
    """It has the heat map and the curves, whose ids differ."""
    found = [cell(values, 0, n / 10) for n, values in enumerate(GRID)]
    section = sweep_section(sweep_table("x", found))
    assert [figure.alt for figure in section.figures] == [ALTS["heat_map"], ALTS["curves"]]
    page = Page(render_page("x", [], sections=[section]))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert not page.open


def test_sweep_section_without_results():
    section = sweep_section(sweep_table("x", [cell({}, 0, None, state="missing")]))
    assert (section.figures, section.remarks[0]) == ([], "no cell has a validation result")


def test_sweep_section_of_many_cells():
    found = [cell({"train.seed": n}, 0, n / 1e4) for n in range(MAX_ROWS + 1)]
    section = sweep_section(sweep_table("x", found))
    assert {len(table.rows) for table in (*section.tables, *section.details)} == {MAX_ROWS}
    assert section.remarks[-1].startswith("each table has at most 200 rows")


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x>', "\x1b[31m{{ 7 }}"])
def test_page_of_a_hostile_sweep(text):
    pages = []
    for word in (text, "x"):
        found = [cell({"base": word}, seed, 0.5, problem=word) for seed in (0, 1)]
        section = sweep_section(sweep_table(word, found))
        pages.append(Page(render_page(word, [], sections=[section])))
    hostile, harmless = pages
    assert {tag for tag, _ in hostile.elements} == {tag for tag, _ in harmless.elements}
    assert "\x1b" not in hostile.text
