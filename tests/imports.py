"""Imports of the modules of the package, read from their source without importing them."""

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "stnctl"

When = Literal["top", "late", "typing"]


@dataclass(frozen=True)
class Import:
    """One import.

    Attributes:
        importer: Name of the importing module, such as "stnctl.cli.app".
        imported: Name of the imported module.
        when: "top" at the import of the importer; "late" in a function, or by a name in a dict;
            "typing" for type checkers only.
        line: Line in the importer.
    """

    importer: str
    imported: str
    when: When
    line: int

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.imported} ({self.when})"


def modules() -> dict[str, Path]:
    """Return module name -> file of all modules of the package."""
    return {_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def all_imports() -> list[Import]:
    """Return all imports of the package."""
    known = modules()
    return [
        item for importer, path in known.items() for item in imports_of(importer, tree(path), known)
    ]


def imports_of(importer: str, source: ast.Module, known: Collection[str]) -> list[Import]:
    """Return the imports of one module; ``known`` are the names of the modules of the package."""
    statements = [
        Import(importer, imported, when, node.lineno)
        for node, when in _walk(source, "top")
        for imported in _imported(node, known)
    ]
    return statements + list(_named(importer, source, known))


def part(module: str) -> str:
    """Return the top folder or module of the package that a module belongs to."""
    names = module.split(".")
    return names[1] if len(names) > 1 else "stnctl"


def _name(path: Path) -> str:
    names = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(names[:-1] if names[-1] == "__init__" else names)


def _walk(node: ast.AST, when: When) -> Iterator[tuple[ast.Import | ast.ImportFrom, When]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, when
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _walk(child, "late")
        elif isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            yield from _walk(ast.Module(child.body, []), "typing")
            yield from _walk(ast.Module(child.orelse, []), when)
        else:
            yield from _walk(child, when)


def _named(importer: str, source: ast.Module, known: Collection[str]) -> Iterator[Import]:
    """Yield the modules named by values of literal dicts, which are imported at first use.

    A value is "package.module" or "package.module:attribute". In a package with a module-level
    `__getattr__`, it may also be a name relative to the package.
    """
    names = {node.name for node in source.body if isinstance(node, ast.FunctionDef)}
    prefixes = ("", f"{importer}.") if "__getattr__" in names else ("",)
    for node in ast.walk(source):
        for value in node.values if isinstance(node, ast.Dict) else ():
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                module = value.value.partition(":")[0]
                for name in (prefix + module for prefix in prefixes):
                    if "." in name and name in known:
                        yield Import(importer, name, "late", value.lineno)


def _imported(node: ast.Import | ast.ImportFrom, known: Collection[str]) -> list[str]:
    """Return the modules that a statement imports; `from package import module` is the module."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    assert node.level == 0, f"line {node.lineno}: relative"
    inner = [f"{node.module}.{alias.name}" for alias in node.names]
    return [name if name in known else str(node.module) for name in inner]
