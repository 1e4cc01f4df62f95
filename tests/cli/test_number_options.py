"""Numbers on the command line: each option has its range, and rejects all other numbers."""

from typing import get_args, get_type_hints

import pytest

from stnctl.cli.app import app
from stnctl.storage.json_files import write_json
from tests.cli.in_process import outcome

ARGUMENTS = {
    "train": ["c.yaml", "--dry-run"],
    "preview": ["c.yaml"],
    "data export": ["c.yaml", "--output", "x.npz"],
    "inspect": ["x"],
    "models show": ["compact"],
    "predict": ["x", "digit:3"],
    "runs ls": [],
    "runs prune": ["--dry-run"],
    "sweep start": ["cnn", "--dry-run"],
    "warp": ["square", "--output", "x.png"],
}
"""Command with a number option -> its other arguments, which are valid."""

OUTSIDE = ["nan", "inf", "-inf", "1e400", "", "one", str(10**40), str(-(10**40)), "9" * 5000]
"""Values that are outside of the range of every option, or are no numbers."""

TEXTS = {
    "warp": ["--theta", "--points", "--scale", "--shear", "--shift", "--fill", "--output-size"],
    "inspect": ["--index"],
    "eval": ["--sweep"],
}
"""Command -> its options that take numbers as text."""


def commands(group, *words):
    """Yield the words and the function of each command."""
    for command in group.registered_commands:
        yield " ".join([*words, command.name]), command.callback
    for inner in group.registered_groups:
        yield from commands(
            inner.typer_instance, *words, inner.name or inner.typer_instance.info.name
        )


def number_options(function):
    """Yield the name of each option of a command that is a number."""
    for hint in get_type_hints(function, include_extras=True).values():
        kind, *details = get_args(hint) or (hint,)
        if {int, float} & {kind, *get_args(kind)}:
            [option] = details
            yield option.default  # Typer stores the first name there


NUMBERS = [(name, option) for name, call in commands(app) for option in number_options(call)]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A current folder with a config and a folder that looks like a run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "c.yaml").write_text("data: {source: digits, distortion: R}\n", encoding="utf-8")
    run = tmp_path / "runs" / "x"
    run.mkdir(parents=True)
    (run / "config.yaml").write_text("{}\n", encoding="utf-8")
    write_json(run / "run.json", {})
    return tmp_path


def test_all_number_options_are_tested():
    assert {("data export", "--epoch"), ("inspect", "--bad"), ("train", "--seed")} < set(NUMBERS)
    assert {name for name, _ in NUMBERS} == set(ARGUMENTS)


@pytest.mark.parametrize(("command", "option"), NUMBERS)
def test_number_option_rejects_values_outside_its_range(folder, command, option):
    before = sorted(folder.rglob("*"))
    for value in OUTSIDE:
        arguments = (*command.split(), *ARGUMENTS[command], f"{option}={value}")
        assert outcome(*arguments)[0] == 2, value
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("command", "option"), [(name, option) for name, options in TEXTS.items() for option in options]
)
def test_text_of_numbers_rejects_values_outside_its_range(folder, command, option):
    for value in (value for value in OUTSIDE if value):
        text = f"scale={value}" if option == "--sweep" else f"{value} {value}"
        rest = ARGUMENTS.get(command, ["x"])
        assert outcome(command, *rest, f"{option}={text}")[0] == 2, value
