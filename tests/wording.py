"""Words that the project does not use, and the standard terms to write instead.

python -m tests.wording [PATH ...] lists each place, by default in the whole project.
"""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PLACES = ("stnctl", "tests", "benchmarks", "docs", "configs", "README.md", "CONTRIBUTING.md")
ITSELF = {Path(__file__), ROOT / "tests" / "test_wording.py"}

WORDS = {
    r"tells?|told|telling": "reports, names, shows, records",
    r"(go|goes|went|gone|going) on": "continues, resumes",
    r"doubles": "duplicate rows, float64",
    r"if absent": "default ...",
    r"(for )?want of": "without",
    r"lies|lie|lay|lain": "is, is in, is at",
    r"anew": "again",
    r"nobody|whoever|wherever": "no process, any user, any path",
    r"that which|what is said|what was said": "a noun",
    r"aside": "to another name",
    r"keeper|cadence": "Checkpointer, CheckpointSchedule",
}
"""A pattern of whole words -> the words to write instead."""

CLAUSE = re.compile(r"\b(what|whatever)\b", re.IGNORECASE)
"""A clause in the place of a noun: not in the first line of a docstring, nor in a help text."""

OPENING = re.compile(r"^(What|Whether|How|Where|Which|When|Who|Why|That)\b")
"""Openings that a docstring of a module or class does not have: it opens with a noun."""

_PATTERN = re.compile(rf"(?<![\w.])({'|'.join(WORDS)})(?!\w)", re.IGNORECASE)


@dataclass(frozen=True)
class Offence:
    """A place with a word of the list.

    Attributes:
        path: The file, relative to the project.
        line: Its line, from 1.
        words: The text found there.
        advice: The words to write instead.
    """

    path: Path
    line: int
    words: str
    advice: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.words!r}: {self.advice}"


def offences(paths: tuple[Path, ...] = ()) -> list[Offence]:
    """Return all offences in ``paths``, which are files and folders, in the order of the files."""
    return [offence for path in files(paths) for offence in _offences(path)]


def files(paths: tuple[Path, ...] = ()) -> list[Path]:
    """Return the files to read in ``paths``, or in the whole project."""
    found = []
    for place in paths or [ROOT / name for name in PLACES]:
        found += [place] if place.is_file() else sorted(place.rglob("*.*"))
    return [
        path.resolve()
        for path in found
        if path.suffix in (".py", ".md", ".yaml") and path.resolve() not in ITSELF
    ]


def _offences(path: Path) -> Iterator[Offence]:
    text = path.read_text(encoding="utf-8")
    relative = path.relative_to(ROOT)
    pieces = _prose(text) if path.suffix == ".py" else enumerate(text.splitlines(), 1)
    for line, piece in pieces:
        for match in _PATTERN.finditer(piece):
            yield Offence(relative, line, match[0], _advice(match[0]))
    if path.suffix == ".py" and relative.parts[0] == "stnctl":
        yield from _docstrings(relative, ast.parse(text))


def _advice(words: str) -> str:
    return next(say for form, say in WORDS.items() if re.fullmatch(form, words, re.IGNORECASE))


def _prose(text: str) -> Iterator[tuple[int, str]]:
    """Yield each line of comments and strings, and the names of functions and classes."""
    previous = ""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in (tokenize.COMMENT, tokenize.STRING):
            yield from enumerate(token.string.splitlines(), token.start[0])
        elif token.type == tokenize.NAME and previous in ("def", "class"):
            yield token.start[0], token.string.replace("_", " ")
        previous = token.string


def _docstrings(path: Path, tree: ast.Module) -> Iterator[Offence]:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(tree):
        if not isinstance(node, kinds):
            continue
        doc = ast.get_docstring(node) or ""
        first, line = doc.split("\n\n")[0], getattr(node, "lineno", 1)
        if CLAUSE.search(first):
            yield Offence(path, line, first, "no clause in the place of a noun")
        if isinstance(node, ast.Module | ast.ClassDef) and OPENING.match(first):
            yield Offence(path, line, first, "open with a noun")


def main() -> None:
    """Print the offences in the paths of the command line."""
    found = offences(tuple(Path(argument).resolve() for argument in sys.argv[1:]))
    sys.stdout.write("".join(f"{offence}\n" for offence in found) + f"{len(found)} offences\n")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
