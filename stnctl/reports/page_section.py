"""Section of a page about several runs: tables, remarks and figures."""

from collections.abc import Sequence
from dataclasses import dataclass

from stnctl.reports.comparison_report import Comparison
from stnctl.reports.comparison_tables import comparison_tables, remarks
from stnctl.reports.text_tables import TextTable


@dataclass(frozen=True)
class PageFigure:
    """Figure of a page: an SVG or a PNG.

    Attributes:
        caption: Its caption.
        alt: Its description for readers who can't see it.
        svg: The SVG element; None for a PNG.
        png: The PNG; None for an SVG.
    """

    caption: str
    alt: str
    svg: str | None = None
    png: bytes | None = None


@dataclass(frozen=True)
class PageSection:
    """Section of a page.

    Attributes:
        id: Its id, for links.
        title: Its heading.
        tables: Its tables.
        remarks: Sentences without a period at their end.
        figures: Its figures.
        details: Long tables, below the figures.
    """

    id: str
    title: str
    tables: Sequence[TextTable]
    remarks: Sequence[str]
    figures: Sequence[PageFigure]
    details: Sequence[TextTable] = ()


def comparison_section(comparison: Comparison) -> PageSection:
    """Return the section of a comparison of runs."""
    alt = "Validation accuracy and loss of the runs over the epochs"
    return PageSection(
        "comparison",
        "Comparison",
        comparison_tables(comparison.document),
        list(remarks(comparison.document)),
        [PageFigure("Curves of the trainings", alt, png=comparison.figure())],
    )
