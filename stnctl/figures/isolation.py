"""Isolation of matplotlib: no configuration file and no variable of the user changes a figure."""

import logging
import os
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import cast

from stnctl.storage.cache_folder import cache_folder

_VARIABLES = ("MPL", "MATPLOTLIB", "FREETYPE_")
"""Prefixes of the environment variables that matplotlib and its font library read."""


def block_matplotlib() -> None:
    """Block imports of matplotlib by other libraries, until this process draws its first figure.

    Keras imports matplotlib if possible. That import would read ``matplotlibrc`` in the current
    folder, and fail if ``MPLBACKEND`` names a backend that is not installed.
    """
    sys.modules.setdefault("matplotlib", cast("ModuleType", None))


@contextmanager
def default_style() -> Iterator[None]:
    """Use the default parameters of matplotlib in the ``with`` block, and restore them after it.

    In the block, no text is read as math, and missing glyphs give no warning.
    """
    if sys.modules.get("matplotlib", sys) is None:
        _load_isolated()
    import matplotlib as mpl

    defaults = {name: mpl.rcParamsDefault[name] for name in mpl.rcParamsDefault}
    del defaults["backend"]
    with warnings.catch_warnings(), mpl.rc_context(defaults | {"text.parse_math": False}):
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        yield


def _load_isolated() -> None:
    """Import a blocked matplotlib. It reads no file of the user and starts no program."""
    del sys.modules["matplotlib"]
    logging.getLogger("matplotlib").setLevel(logging.CRITICAL)
    with _neutral_environment(), _in_root_folder():
        import matplotlib.backends.backend_agg
        import matplotlib.figure
        import matplotlib.font_manager  # noqa: F401 - it reads or makes the list of fonts


@contextmanager
def _neutral_environment() -> Iterator[None]:
    """Hide variables that matplotlib reads; keep its list of fonts in the cache of stnctl.

    Without ``PATH``, it does not find the program ``fc-list``.
    """
    neutral: dict[str, str | None] = {n: None for n in os.environ if n.startswith(_VARIABLES)}
    neutral["PATH"] = os.devnull
    neutral["MPLCONFIGDIR"] = str(cache_folder().absolute() / "matplotlib")
    before = {name: os.environ.get(name) for name in neutral}
    _set_variables(neutral)
    try:
        yield
    finally:
        _set_variables(before)


def _set_variables(values: Mapping[str, str | None]) -> None:
    """Set environment variables; None deletes a variable."""
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@contextmanager
def _in_root_folder() -> Iterator[None]:
    """Change into the root folder: matplotlib reads ``matplotlibrc`` in the current folder."""
    here = os.open(".", getattr(os, "O_PATH", os.O_RDONLY))
    try:
        os.chdir("/")
        yield
    finally:
        os.fchdir(here)
        os.close(here)
