"""Names with special characters: rejected as run names, or quoted for the shell."""

import shlex

import pytest

ODD = ["-dash a b {x} %s 'q' \"d\"", "[red]é\u2192 \U0001f600 $(x) `y` \\ !*?"]
REJECTED = ["-x", "", ".", "..", "../y", "/y", "a\nb", "a\udcff", "a" * 300]


@pytest.mark.parametrize("name", REJECTED, ids=ascii)
def test_run_name_is_rejected(stnctl, warm_child, name):
    done = warm_child(stnctl.folder, "train", "tiny.yaml", f"--name={name}")
    assert (done.code, done.stdout) == (2, ""), done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in stnctl.folder.iterdir()] == ["tiny.yaml"]


@pytest.mark.parametrize("name", ODD, ids=ascii)
def test_next_command_is_quoted_for_the_shell(stnctl, interrupted_run, warm_child, name):
    """The shell runs the command that a training prints at its end."""
    copy = stnctl.copy(interrupted_run)
    (stnctl.folder / name).mkdir()
    copy.path.rename(stnctl.folder / name / "x")
    trained = warm_child(stnctl.folder, "train", "--resume", "x", f"--runs-dir={name}")
    assert trained.code == 0, trained.stderr
    line = next(line for line in trained.stderr.splitlines() if "stnctl eval" in line)
    _, *words = shlex.split(line[line.index("stnctl") :])
    done = warm_child(stnctl.folder, *words)
    assert done.code == 0, done.stderr
