"""Joining of the page's JavaScript modules into one script.

A file of the explorer can't load modules, since a page opened from a disk may not request files.
So each module becomes a function scope in one script. The modules keep to the few forms of
``import`` and ``export`` that `bundle` knows; any other form is an error.
"""

import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath

_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]*)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async function|function|const|class) (\w+))", re.MULTILINE)
_OTHER = re.compile(r"^\s*(?:import|export)\b.*", re.MULTILINE)


def bundle(sources: dict[str, str]) -> str:
    """Return one script in which each module is evaluated once, after those that it imports.

    Args:
        sources: Name of a module, relative to a folder, such as "geometry/warp.js" -> its text.

    Raises:
        ValueError: If a module has another form of import or export than
            ``import { a, b as c } from "./name.js";`` and ``export`` before a function, a constant
            or a class, if it imports an unknown module, or if modules import each other in a cycle.
    """
    needed = {name: set(_imported(name, text)) for name, text in sources.items()}
    for name, others in needed.items():
        if unknown := others - sources.keys():
            raise ValueError(f"{name}: there is no module {min(unknown)}")
    try:
        order = list(TopologicalSorter(needed).static_order())
    except CycleError as error:
        raise ValueError(f"modules import each other: {' -> '.join(error.args[1])}") from error
    scopes = "".join(_scope(name, sources[name]) for name in order)
    return f'"use strict";\n{{\nconst bundled = {{}};\n{scopes}}}\n'


def web_modules() -> dict[str, str]:
    """Return the modules of the explorer: name relative to ``web/`` -> text."""
    folder = files("stnctl.reports.explorer") / "web"
    return dict(sorted(_read(folder, PurePosixPath())))


def _read(folder: Traversable, path: PurePosixPath) -> Iterator[tuple[str, str]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _read(entry, path / entry.name)
        elif entry.name.endswith(".js"):
            yield str(path / entry.name), entry.read_text(encoding="utf-8")


def _imported(name: str, text: str) -> Iterator[str]:
    for found in _IMPORT.finditer(text):
        yield _resolved(name, found[2])


def _resolved(name: str, relative: str) -> str:
    """Return the name of the module at a relative path from the module ``name``."""
    parts: list[str] = list(PurePosixPath(name).parent.parts)
    for part in PurePosixPath(relative).parts:
        if part == "..":
            if not parts:
                raise ValueError(f"{name}: {relative} is outside of the folder")
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def _scope(name: str, text: str) -> str:
    """Return a module as a function scope that stores its exports."""
    exported = [found[1] for found in _EXPORT.finditer(text)]

    def destructured(found: re.Match[str]) -> str:
        names = found[1].replace(" as ", ": ")
        return f'const {{{names}}} = bundled["{_resolved(name, found[2])}"];\n'

    body = _EXPORT.sub("", _IMPORT.sub(destructured, text))
    if found := _OTHER.search(body):
        raise ValueError(f"{name}: can't join {found[0].strip()!r}")
    returned = ", ".join(exported)
    return f'bundled["{name}"] = (() => {{\n{body}return {{ {returned} }};\n}})();\n'
