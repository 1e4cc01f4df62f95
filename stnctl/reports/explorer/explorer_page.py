"""Rendering of the explorer: one HTML file with its scripts and pictures, which loads nothing."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from stnctl import __version__
from stnctl.reports.explorer.bundle import bundle, web_modules
from stnctl.reports.explorer.samples import samples
from stnctl.reports.templating import template_environment
from stnctl.storage.json_files import json_bytes

MAX_BYTES, MAX_RUN_BYTES = 1_500_000, 2_500_000
"""Maximum size of a page without a run, and with one."""


def render_explorer(run: Mapping[str, Any] | None = None) -> bytes:
    """Return the HTML page of the explorer.

    The policy of the page forbids requests and forms, and allows no script but its own.

    Args:
        run: A run with its network and its digits, as JSON data; None for a page without one.
    """
    page = (
        template_environment()
        .get_template("explorer.html.j2")
        .render(
            run=run,
            version=__version__,
            data=_script_text(
                json_text({"version": __version__, "samples": samples(), "run": run})
            ),
            script=_script_text(bundle(web_modules())),
        )
    )
    return page.encode()


def json_text(document: Mapping[str, Any]) -> str:
    """Return a JSON document as text for a script element: with each "<" as an escape.

    Raises:
        ValueError: If a number of the document is not finite.
    """
    return json_bytes(document, indent=None).decode().replace("<", "\\u003c")


def _script_text(text: str) -> Markup:
    """Return a text for a script element.

    Raises:
        ValueError: If the text could end the element, or begin a comment in it.
    """
    if "</script" in text.lower() or "<!--" in text:
        raise ValueError("the text could end its script element")
    return Markup(text)  # noqa: S704
