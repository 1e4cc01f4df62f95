"""Docstrings that are help texts or descriptions, also under ``python -OO``, which removes them."""

import sys
from contextlib import suppress
from typing import TypeVar

Documented = TypeVar("Documented")


def restore_docstring(member: Documented) -> Documented:
    """Read the docstring of a function or class from its source if Python has removed it.

    Args:
        member: The function or class. Its ``__doc__`` is set in place.

    Returns:
        The member. It has no docstring if its source file is not available.
    """
    if sys.flags.optimize >= 2 and member.__doc__ is None:
        import ast
        import inspect
        import textwrap

        with suppress(OSError):
            source = textwrap.dedent(inspect.getsource(member))  # type: ignore[arg-type]
            [node] = ast.parse(source).body
            member.__doc__ = ast.get_docstring(node)  # type: ignore[arg-type]
    return member
