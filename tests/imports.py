"""Reads what the modules of the package import, without importing them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "stnctl"

When = Literal["top", "late", "typing"]


@dataclass(frozen=True)
class Import:
    """One imported module.

    Attributes:
        importer: The module that imports, as `stnctl.cli.app`.
        imported: The module that is imported.
        when: "top" when the importer is, "late" in a function, "typing" never.
        line: Where.
    """

    importer: str
    imported: str
    when: When
    line: int

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.imported} ({self.when})"


def modules() -> dict[str, Path]:
    """Return the files of the package by the names of their modules."""
    return {_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def all_imports() -> list[Import]:
    known = modules()
    return [
        Import(importer, imported, when, node.lineno)
        for importer, path in known.items()
        for node, when in _walk(tree(path), "top")
        for imported in _imported(node, known)
    ]


def part(module: str) -> str:
    """Return the folder, or the module, of the package that a module belongs to."""
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


def _imported(node: ast.Import | ast.ImportFrom, known: dict[str, Path]) -> list[str]:
    """Return the modules that a statement imports; `from package import module` is the module."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    assert node.level == 0, f"line {node.lineno}: relative"
    inner = [f"{node.module}.{alias.name}" for alias in node.names]
    return [name if name in known else str(node.module) for name in inner]
