from stnctl.reports.comparison_report import compare
from stnctl.reports.page import render_page
from stnctl.reports.page_section import comparison_section
from tests.reports.pages import Page
from tests.reports.synthetic_run import write_run


def test_comparison_section(tmp_path):
    runs = [write_run(tmp_path / name, seed=n, test=0.9) for n, name in enumerate(("a1", "a2"))]
    section = comparison_section(compare(runs))
    assert [len(table.rows) for table in section.tables] == [2, 1, 1]
    page = Page(render_page("x", [], sections=[section]))
    [image] = page.all("img")
    assert image["src"].startswith("data:image/png;base64,")
    assert "test accuracy of the groups of runs that differ only in the seed" in page.text
    assert not page.open
