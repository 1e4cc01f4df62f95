"""Rendering of an HTML report: one file without scripts, which loads nothing."""

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from stnctl.config.messages import hide_credentials
from stnctl.reports.page_section import PageSection
from stnctl.reports.run_page import RunPage
from stnctl.reports.templating import png_url, template_environment

RELOAD_SECONDS = 10
"""Interval in which the page of a running training reloads itself."""


def render_page(
    title: str,
    runs: Sequence[RunPage],
    *,
    sections: Sequence[PageSection] = (),
    reload: bool = False,
) -> bytes:
    """Return the HTML page of a report.

    All texts are escaped, and control characters in them are shown as escapes. The policy of the
    page forbids scripts, requests and forms.

    Args:
        title: Title of the page.
        runs: The content for each run.
        sections: Sections about several runs, at the top of the page.
        reload: Whether the page reloads itself, as for a running training.
    """
    environment = template_environment()
    environment.filters |= {
        "png": png_url,
        "svg": Markup,
        "percent": _percent,
        "number": _number,
        "count": "{:,}".format,
        "shape": lambda shape: "×".join(map(str, shape)),
        "command": _command,
    }
    page = environment.get_template("report.html.j2").render(
        title=title,
        runs=runs,
        sections=sections,
        reload=RELOAD_SECONDS if reload else None,
    )
    return page.encode()


def _percent(value: float | None, decimals: int = 2) -> str:
    return "–" if value is None else f"{100 * value:.{decimals}f} %"


def _number(value: float | None, decimals: int = 3) -> str:
    return "–" if value is None else f"{value:.{decimals}f}"


def _command(record: Mapping[str, Any]) -> str:
    """Return the command line that is recorded in run.json, if it is readable."""
    argv = record.get("argv")
    if not isinstance(argv, list) or not all(isinstance(part, str) for part in argv):
        return ""
    return hide_credentials(shlex.join(["stnctl", *argv]))
