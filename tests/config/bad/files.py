"""Bad paths: a name, a function that makes the path, and words of the message."""

import os
from pathlib import Path


def _cycle(path):
    path.write_text(f"extends: {path.name}.b")
    path.with_name(f"{path.name}.b").write_text(f"extends: {path.name}")


def _chain(path):
    path.write_text(f"extends: {path.name}1")
    for n in range(1, 12):
        path.with_name(f"{path.name}{n}").write_text(f"extends: {path.name}{n + 1}")


def _extends(make):
    """Return what makes a file that extends another, which ``make`` makes."""

    def both(path):
        other = path.with_name("base")
        make(other)
        path.write_text("seed: 1\nextends: base")

    return both


def _folder(path):
    path.mkdir()


def _pipe(path):
    os.mkfifo(path)


def _nothing(path):
    pass


def _link(target):
    return lambda path: path.symlink_to(target)


def _text(text):
    return lambda path: path.write_text(text)


PATHS = {
    "a folder": (_folder, ": is a folder, expected a YAML file"),
    "a pipe": (_pipe, ": is not a regular file"),
    "a link to a pipe": (
        lambda path: (_pipe(path.with_name("pipe")), path.symlink_to("pipe")),
        ": is not a regular file",
    ),
    "a device without end": (_link("/dev/zero"), ": is not a regular file"),
    "a device without content": (_link("/dev/null"), ": is not a regular file"),
    "a missing file": (_nothing, ": no such file"),
    "a link to nothing": (_link("nowhere"), ": no such file"),
    "a link to itself": (_link("c.yaml"), ": can't be read: Too many levels of symbolic links"),
}

EXTENDING = {
    "itself": (_text("extends: c.yaml"), ":1:1: extends: files extend one another in a circle"),
    "a circle": (_cycle, ".b:1:1: extends: files extend one another in a circle"),
    "a chain of twelve": (_chain, "9:1:1: extends: a chain of more than 10 files"),
    "an address": (_text("extends: https://x.org/c.yaml"), ":1:1: extends: 'https://x.org/c.yaml'"),
    "nothing": (_text("extends:"), ":1:1: extends: expected the path of a YAML file, got null"),
    "a list": (_text("extends: [a]"), ":1:1: extends: expected the path of a YAML file"),
    "an empty text": (_text("extends: ''"), ":1:1: extends: expected the path of a YAML file"),
    "a NUL": (_text('extends: "a\\0b"'), ":1:1: extends: expected the path of a YAML file"),
    "a long name": (_text(f"extends: {'x' * 5000}"), ": can't be read: File name too long"),
    "a device": (_text("extends: /dev/zero"), ":1:1: extends: /dev/zero: is not a regular file"),
    "standard input": (_text("extends: /dev/stdin"), ":1:1: extends: /dev/stdin: is not a regul"),
    "in a section": (_text("train: {extends: a}"), ":1:9: train.extends: unknown key"),
    "a missing file": (_extends(_nothing), "/base: no such file"),
    "a folder": (_extends(_folder), "/base: is a folder"),
    "a pipe": (_extends(_pipe), "/base: is not a regular file"),
    "a file of 10 MB": (
        _extends(lambda path: path.write_bytes(b"#" * 10 * 2**20)),
        "/base:1:1: the text is longer than 65536",
    ),
    "a bad file": (_extends(_text("seed: 1\nseed: 2")), "base:2:1: duplicate key 'seed'"),
    "a picture": (
        _extends(lambda path: path.write_bytes(b"\x89PNG")),
        "/base:1:1: the byte 0x89 is not UTF-8",
    ),
    "a file of no section": (_extends(_text("[1]")), "base:1:1: expected a section, got [1]"),
}


def make(folder: Path, maker) -> str:
    """Return the path of a file ``c.yaml`` in a new folder of its own."""
    folder.mkdir()
    path = folder / "c.yaml"
    maker(path)
    return str(path)
