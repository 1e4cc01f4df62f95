"""Every function, class, constant and field of the package is used by it, its docs or benchmarks.

Tests do not count: code that only tests use is removed.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.imports import ROOT, modules, tree

CALLED_BY_LIBRARIES = {
    *("compute_output_spec", "field_title_should_be_set", "model_config", "show_cursor"),
}
"""Names that Keras, pydantic and Rich look up."""

SCRIPTS = [*(ROOT / "docs").glob("*.py"), *(ROOT / "benchmarks").glob("*.py")]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def definitions(body: list[ast.stmt]) -> Iterator[str]:
    """Yield the names that statements of a module or class define; decorated ones are called."""
    for node in body:
        match node:
            case ast.FunctionDef(decorator_list=[]):
                yield node.name
            case ast.ClassDef():
                yield node.name
                yield from definitions(node.body)
            case (
                ast.Assign(targets=[ast.Name() as target])
                | ast.AnnAssign(target=ast.Name() as target)
            ):
                yield target.id


def uses(source: ast.AST) -> Iterator[str]:
    """Yield the names that code reads, and the words in its strings, such as paths of modules."""
    for node in ast.iter_child_nodes(source):
        match node:
            case ast.Expr(value=ast.Constant()):  # a docstring
                continue
            case ast.Name(ctx=ast.Load()):
                yield node.id
            case ast.Attribute():
                yield node.attr
            case ast.alias():
                yield node.name
            case ast.keyword(arg=str()):
                yield str(node.arg)
            case ast.Constant(value=str()):
                yield from re.findall(r"\w+", node.value)
        yield from uses(node)


def blocks(page: Path) -> str:
    return "\n".join(BLOCK.findall(page.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def used() -> set[str]:
    trees = [tree(path) for path in (*modules().values(), *SCRIPTS)]
    pages = [ast.parse(blocks(page)) for page in (ROOT / "docs").glob("*.md")]
    return {name for source in (*trees, *pages) for name in uses(source)}


def test_names_are_used(used):
    unused = [
        f"{module}.{name}"
        for module, path in modules().items()
        for name in definitions(tree(path).body)
        if not name.startswith("__") and name not in used | CALLED_BY_LIBRARIES
    ]
    assert unused == []


def test_uses_and_definitions_of_each_kind():
    source = ast.parse(
        "A = 1\nB: int = A\ndef f(x): 'g'\n@cache\ndef h(): ...\nclass C:\n  d = f(e=1).i['m:n']"
    )
    assert list(definitions(source.body)) == ["A", "B", "f", "C", "d"]
    assert set(uses(source)) == {"A", "int", "cache", "f", "e", "i", "m", "n"}
