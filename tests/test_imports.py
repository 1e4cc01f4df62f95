import ast

from tests.imports import imports_of

KNOWN = {"pkg", "pkg.errors", "pkg.a", "pkg.a.b", "pkg.a.c"}


def imports(importer, text):
    found = imports_of(importer, ast.parse(text), KNOWN)
    return [(item.imported, item.when, item.line) for item in found]


def test_imports_of_statements():
    text = "import json\nfrom pkg import errors\ndef f():\n    from pkg.a.b import x\n"
    assert imports("pkg.a", text) == [
        ("json", "top", 1),
        ("pkg.errors", "top", 2),
        ("pkg.a.b", "late", 4),
    ]


def test_imports_of_a_registry():
    text = 'R = Registry("kind", {"b": "pkg.a.b:B", "c": ("pkg.a.c:c"), "d": "no.module:D"})'
    assert imports("pkg.r", text) == [("pkg.a.b", "late", 1), ("pkg.a.c", "late", 1)]


def test_imports_of_a_package_with_lazy_names():
    lazy = 'NAMES = {"B": "b", "E": "pkg.errors", "x": "x"}\n'
    assert imports("pkg.a", lazy) == [("pkg.errors", "late", 1)]
    assert imports("pkg.a", lazy + "def __getattr__(name): ...") == [
        ("pkg.a.b", "late", 1),
        ("pkg.errors", "late", 1),
    ]
