"""Environment of the HTML templates."""

import base64
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from stnctl.config.messages import visible

if TYPE_CHECKING:
    import jinja2


def template_environment() -> "jinja2.Environment":
    """Return the environment of the templates in ``templates/``.

    It escapes all texts, and shows control characters in them as escapes.
    """
    import jinja2

    return jinja2.Environment(
        loader=jinja2.PackageLoader("stnctl.reports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printable,
    )


def png_url(png: bytes) -> str:
    """Return a PNG file as a data: address."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def _printable(value: Any) -> Any:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
