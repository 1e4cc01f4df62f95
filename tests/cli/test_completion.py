"""Completion in the shell."""

import pytest

from stnctl.cli.completion import complete_config, complete_shipped
from stnctl.config.shipped import shipped_names
from tests.cli.in_process import outcome
from tests.reports.synthetic_run import write_run


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    (tmp_path / "sub").mkdir()
    for name in ("stn_mine.yaml", "other.yaml", "stn.txt", "sub/a.yaml"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_complete_shipped():
    assert complete_shipped("") == shipped_names()
    assert complete_shipped("stn_r") == ["stn_r", "stn_rts"]
    assert complete_shipped("zzz") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("stn_r", ["stn_r", "stn_rts"]),
        ("stn_m", ["stn_mine.yaml"]),
        ("sub/", ["sub/a.yaml"]),
        ("./o", []),
        ("missing/", []),
        ("**", []),
        ("[", []),
        ("\0", []),
    ],
)
def test_complete_config(text, found):
    assert complete_config(text) == found


def test_complete_config_of_an_unreadable_folder(monkeypatch, folder):
    glob = type(folder).glob

    def deny_here(path, pattern):
        if path.is_absolute():
            return glob(path, pattern)
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(folder), "glob", deny_here)
    assert complete_config("stn_r") == ["stn_r", "stn_rts"]


@pytest.fixture
def runs(folder):
    """Make runs, one with a name that a shell could run, and other folders."""
    for name in ("cnn", "stn-1", "stn-2", "$(touch x)", "-x"):
        write_run(folder / "runs" / name)
    write_run(folder / "other" / "elsewhere")
    (folder / "runs" / "stn-3").mkdir()
    (folder / "runs" / "sweeps" / "localizers").mkdir(parents=True)
    (folder / "runs" / "sweeps" / "l$x").mkdir()
    (folder / "runs" / "stn-4").touch()


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("stnctl eval st", "stn-1 stn-2"),
        ("stnctl eval cnn stn-2", "stn-2"),
        ("stnctl inspect c", "cnn"),
        ("stnctl compare l", "latest"),
        ("stnctl train --resume c", "cnn"),
        ("stnctl train stn --start-from c", "cnn"),
        ("stnctl runs show c", "cnn"),
        ("stnctl runs diff stn-1 c", "cnn"),
        ("stnctl runs rm stn-1 l", "latest"),
        ("stnctl runs show $", ""),
        ("stnctl runs show --j", "--json"),
        ("stnctl runs show --runs-dir other e", "elsewhere"),
        ("stnctl runs show --runs-dir missing l", "latest"),
        ("stnctl runs show --runs-dir stn.txt l", "latest"),
        ("stnctl runs best --by test_", "test_error test_loss"),
        ("stnctl runs pr", "prune"),
        ("stnctl table l", "localizers"),
        ("stnctl table --runs-dir missing l", ""),
    ],
)
def test_completion_of_runs(monkeypatch, line, found):
    assert completed(monkeypatch, line) == found.split()


@pytest.mark.usefixtures("runs")
def test_completion_of_runs_in_the_variable(monkeypatch):
    monkeypatch.setenv("STNCTL_RUNS_DIR", "other")
    assert completed(monkeypatch, "stnctl eval e") == ["elsewhere"]


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize("shell", ["zsh", "fish"])
@pytest.mark.parametrize(
    ("line", "found", "other"),
    [("stnctl train stn_rt", "stn_rts", "stn_tc"), ("stnctl eval stn", "stn-1", "cnn")],
)
def test_completion_in_other_shells(monkeypatch, shell, line, found, other):
    monkeypatch.setenv("_STNCTL_COMPLETE", f"complete_{shell}")
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", line)
    monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
    code, stdout, _ = outcome()
    assert code == 0
    assert found in stdout
    assert other not in stdout


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("stnctl train stn_rt", "stn_rts"),
        ("stnctl preview stn_m", "stn_mine.yaml"),
        ("stnctl data export cnn_t", "cnn_tc"),
        ("stnctl models show iter", "iterative"),
        ("stnctl init stn cnn_t", "cnn_tc"),
        ("stnctl configs show dem", "demo"),
    ],
)
def test_completion_of_a_line(monkeypatch, line, found):
    assert completed(monkeypatch, line) == [found]


def completed(monkeypatch, line):
    """Return the words for the last word of a line, as the script of bash asks for them."""
    monkeypatch.setenv("_STNCTL_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(line.split()) - 1))
    code, stdout, _ = outcome()
    assert code == 0
    return stdout.split()
