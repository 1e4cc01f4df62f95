"""Strict reader of YAML by the core schema of YAML 1.2.

PyYAML reads YAML 1.1, in which `no` is false, `1e-3` is text and `12:30` is 750; of two equal keys
it silently keeps the last. This reader converts plain scalars as in section 10.3.2 of the YAML
1.2.2 specification. It rejects features that no config needs, and its errors have their place.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

import yaml

from stnctl.config.messages import format_value, shorten
from stnctl.errors import ConfigError, ConfigProblem

MAX_BYTES = 64 * 1024
MAX_DEPTH = 50
MAX_NODES = 10_000
MAX_NUMBER_LENGTH = 100

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """The data of a YAML text, with the places of its keys.

    Attributes:
        data: None, bool, int, float, str, or lists and dicts of these.
        places: The (line, column), from 1, of every key and list item, in the order of the text.
            The empty path stands for the whole document.
        spellings: The text of every scalar without quotes that was read as a number or a bool.
    """

    data: Any
    places: dict[KeyPath, tuple[int, int]]
    spellings: dict[KeyPath, str] = field(default_factory=dict)


class YamlError(ConfigError):
    """A text that `parse_yaml` rejects."""

    def __init__(self, where: str, line: int, column: int, problem: str) -> None:
        """Store the one problem, with its place."""
        super().__init__(ConfigProblem(problem, origin=f"{where}:{line}:{column}"))


def parse_yaml(text: str, *, where: str) -> Document:
    """Return the data and places of ``text``, which must contain one document.

    Args:
        text: At most `MAX_BYTES` in UTF-8, with at most `MAX_NODES` keys and values, nested at
            most `MAX_DEPTH` deep.
        where: The name of the text in messages, usually its file.

    Raises:
        YamlError: If the text is not YAML, exceeds a limit, or has two equal keys in a section, a
            key that is not text, an anchor, an alias, a merge key, a tag or a second document.
    """
    check_size(len(text.encode("utf-8", errors="replace")), where=where)
    document = Document(None, {(): (1, 1)})
    try:
        root = _compose(text)
        return document if root is None else replace(document, data=_build(root, (), document))
    except yaml.reader.ReaderError as error:
        line, column = end_of(text[: error.position])
        problem = f"the character U+{ord(text[error.position]):04X} is not allowed"
        raise YamlError(where, line, column, problem) from error
    except yaml.MarkedYAMLError as error:
        raise YamlError(where, *_place(error.problem_mark), _problem(error)) from error


def check_size(num_bytes: int, *, where: str) -> None:
    """Raise a `YamlError` if ``num_bytes`` is more than `MAX_BYTES`."""
    if num_bytes > MAX_BYTES:
        raise YamlError(where, 1, 1, f"the text is longer than {MAX_BYTES} bytes")


def reads_as_text(text: str) -> bool:
    """Return whether a scalar ``text`` without quotes is text, not a number, a bool or null."""
    return _converter(text) is None


def plain_value(text: str) -> Any:
    """Return the value of a scalar ``text`` without quotes: a number, a bool, null, or the text."""
    convert = _converter(text)
    return convert(text) if convert else text


def end_of(text: str) -> tuple[int, int]:
    """Return the (line, column), from 1, of the end of ``text``."""
    lines = f"{text}|".splitlines()
    return len(lines), len(lines[-1])


def _compose(text: str) -> yaml.Node | None:
    loader = _Loader(text)
    try:
        return loader.get_single_node()
    except (ValueError, OverflowError):  # from an escape or a version number
        _reject("an escape or a version is out of range", loader.get_mark())


class _Loader(yaml.SafeLoader):
    """A composer of nodes that rejects anchors, aliases, tags, deep nesting and too many nodes."""

    depth = 0
    count = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent):
            _reject(
                f"the alias *{event.anchor} is not allowed, write the value out", event.start_mark
            )
        if event.anchor is not None:
            _reject(
                f"the anchor &{event.anchor} is not allowed, write the value out", event.start_mark
            )
        if event.tag is not None:
            _reject(
                f"the tag {event.tag} is not allowed, types follow from the values",
                event.start_mark,
            )
        if self.depth == MAX_DEPTH:
            _reject(f"nested more than {MAX_DEPTH} deep", event.start_mark)
        if self.count == MAX_NODES:
            _reject(f"more than {MAX_NODES} keys and values", event.start_mark)
        self.count += 1
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _build(node: yaml.Node, path: KeyPath, document: Document) -> Any:
    """Return the data of ``node`` at ``path``; add its places and spellings to ``document``."""
    if isinstance(node, yaml.MappingNode):
        return _build_section(node, path, document)
    if isinstance(node, yaml.SequenceNode):
        return _build_list(node, path, document)
    value = _read_scalar(node)
    if isinstance(value, bool | int | float):
        document.spellings[path] = node.value
    return value


def _build_list(node: yaml.SequenceNode, path: KeyPath, document: Document) -> list[Any]:
    items = []
    for index, item in enumerate(node.value):
        document.places[*path, index] = _place(item.start_mark)
        items.append(_build(item, (*path, index), document))
    return items


def _build_section(node: yaml.MappingNode, path: KeyPath, document: Document) -> dict[str, Any]:
    section: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = _read_key(key_node)
        inner = (*path, key)
        if key in section:
            _reject(
                f"duplicate key {format_value(key)}, first on line {document.places[inner][0]}",
                key_node.start_mark,
            )
        document.places[inner] = _place(key_node.start_mark)
        section[key] = _build(value_node, inner, document)
    return section


def _read_key(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        _reject("a key must be text, got a list or a section", node.start_mark)
    if node.value == "<<" and node.style is None:
        _reject("the merge key << is not allowed, write the keys out", node.start_mark)
    key = _read_scalar(node)
    if not isinstance(key, str):
        _reject(f"a key must be text, got {format_value(key)}; put it in quotes", node.start_mark)
    return key


def _read_scalar(node: Any) -> Any:
    text = node.value
    convert = _converter(text) if node.style is None else None
    if convert is not None and len(text) > MAX_NUMBER_LENGTH:
        _reject(
            f"a number of {len(text)} characters, at most {MAX_NUMBER_LENGTH} are read",
            node.start_mark,
        )
    if convert is None and (unfit := re.search(r"[\ud800-\udfff]", text)):
        _reject(f"the escape U+{ord(unfit[0]):04X} is half a character", node.start_mark)
    return convert(text) if convert else text


def _converter(text: str) -> Callable[[str], Any] | None:
    return next((convert for form, convert in _CORE_SCHEMA if form.fullmatch(text)), None)


_CORE_SCHEMA: tuple[tuple[re.Pattern[str], Callable[[str], Any]], ...] = (
    (re.compile(r"null|Null|NULL|~|"), lambda _: None),
    (re.compile(r"true|True|TRUE"), lambda _: True),
    (re.compile(r"false|False|FALSE"), lambda _: False),
    (re.compile(r"[-+]?[0-9]+"), int),
    (re.compile(r"0o[0-7]+"), lambda text: int(text, 8)),
    (re.compile(r"0x[0-9a-fA-F]+"), lambda text: int(text, 16)),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"), float),
    (re.compile(r"[-+]?\.(inf|Inf|INF)"), lambda text: float(text.replace(".", ""))),
    (re.compile(r"\.(nan|NaN|NAN)"), lambda _: float("nan")),
)


def _place(mark: yaml.Mark | None) -> tuple[int, int]:
    return (1, 1) if mark is None else (mark.line + 1, mark.column + 1)


def _problem(error: yaml.MarkedYAMLError) -> str:
    problem = ", ".join(part for part in (error.context, error.problem) if part)
    tabs = "; indent with spaces" if "'\\t'" in problem else ""
    return shorten(problem, 200) + tabs


def _reject(problem: str, mark: Any) -> NoReturn:
    raise yaml.MarkedYAMLError(problem=problem, problem_mark=mark)
