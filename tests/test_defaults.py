"""Defaults of configuration keys are only in the schema."""

import ast
from collections.abc import Iterator
from typing import Any

import pytest

from stnctl.config.layer_lists import TransformerConfig
from stnctl.config.schema import Config
from stnctl.config.section import Section
from tests.imports import modules, part, tree

API = set(TransformerConfig.model_fields) - {"localization"}
"""Keys that are also arguments of the functions of the geometry and of the layer."""

API_MODULES = tuple(
    f"stnctl.{name}"
    for name in ("geometry.", "models.spatial_transformer", "models.theta_heads", "warping.")
)


def sections(section: Section) -> Iterator[Section]:
    yield section
    for name in type(section).model_fields:
        if isinstance(value := getattr(section, name), Section):
            yield from sections(value)


def schema_defaults() -> dict[str, list[Any]]:
    """Return the defaults of each key that names the value: no null, no bool, nothing empty."""
    found: dict[str, list[Any]] = {}  # runs and checkpoints have versions of their own
    full = Config(model={"transformer": {"localization": {"bottleneck": {}}}})
    for section in sections(full):
        for name, field in type(section).model_fields.items():
            if (
                name != "schema_version"
                and field.default
                and not isinstance(field.default, bool | Section)
            ):
                found.setdefault(name, []).append(field.default)
    return found


def given_values(source: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield the name and the value of every default, constant, item and fallback in code."""
    for node in ast.walk(source):
        match node:
            case ast.arguments():
                positional = [*node.posonlyargs, *node.args]
                with_default = positional[len(positional) - len(node.defaults) :]
                yield from (
                    (arg.arg, value) for arg, value in zip(with_default, node.defaults, strict=True)
                )
                for arg, value in zip(node.kwonlyargs, node.kw_defaults, strict=True):
                    if value is not None:
                        yield arg.arg, value
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name.lower().lstrip("_"), value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name.lower().lstrip("_"), value
            case ast.BoolOp(op=ast.Or(), values=[ast.Attribute(attr=name), value]):
                yield name, value
            case ast.Call(
                func=ast.Attribute(attr="get"), args=[ast.Constant(value=str(name)), value]
            ):
                yield name, value
            case ast.Call(
                func=ast.Name(id="getattr"), args=[_, ast.Constant(value=str(name)), value]
            ):
                yield name, value
            case ast.Dict():
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Constant) and isinstance(key.value, str):
                        yield key.value, value


def repeated(source: ast.AST) -> list[str]:
    """Return the keys whose defaults are repeated in code."""
    defaults = schema_defaults()
    found = []
    for name, expression in given_values(source):
        try:
            value = ast.literal_eval(expression)
        except ValueError:
            continue
        if any(
            type(value) is type(default) and value == default for default in defaults.get(name, ())
        ):
            found.append(name)
    return found


def test_config_defaults_are_in_one_place():
    """The functions of the geometry, which need no configuration, have the defaults of the keys."""
    found = [
        f"{module}: {name}"
        for module, path in modules().items()
        if part(module) != "config"
        for name in repeated(tree(path))
        if not (name in API and module.startswith(API_MODULES))
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "def train(*, batch_size=32): pass",
        "def train(x, learning_rate=0.001): pass",
        "class A:\n    epochs: int = 10",
        "THREADS = 2",
        "optimizer = config.get('optimizer', 'adam')",
        "size = getattr(train, 'batch_size', 32)",
        "size = train.batch_size or 32",
        "units = {'units': 128}",
        "filters = (32, 64)",
    ],
)
def test_repeated_finds_a_default(code):
    assert repeated(ast.parse(code))


@pytest.mark.parametrize("code", ["batch_size = 33", "x = 32", "def f(epochs=None): pass"])
def test_repeated_ignores_other_values(code):
    assert repeated(ast.parse(code)) == []
