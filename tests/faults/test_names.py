"""Names that trip programs up: refused as the name of a run, and quoted for the shell."""

import shlex

import pytest

ODD = ["-dash a b {x} %s 'q' \"d\"", "[red]é\u2192 \U0001f600 $(x) `y` \\ !*?"]
REFUSED = ["-x", "", ".", "..", "../y", "/y", "a\nb", "a\udcff", "a" * 300]


@pytest.mark.parametrize("name", REFUSED, ids=ascii)
def test_name_of_a_run_is_refused(folder, warm, name):
    done = warm(folder.folder, "train", "tiny.yaml", f"--name={name}")
    assert (done.code, done.stdout) == (2, ""), done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in folder.folder.iterdir()] == ["tiny.yaml"]


@pytest.mark.parametrize("name", ODD, ids=ascii)
def test_next_step_is_a_line_for_the_shell(folder, cut, warm, name):
    """The command that a training prints at its end runs as it is."""
    copy = folder.copy(cut)
    (folder.folder / name).mkdir()
    copy.path.rename(folder.folder / name / "x")
    told = warm(folder.folder, "train", "--resume", "x", f"--runs-dir={name}")
    assert told.code == 0, told.stderr
    line = next(line for line in told.stderr.splitlines() if "stnctl eval" in line)
    _, *words = shlex.split(line[line.index("stnctl") :])
    done = warm(folder.folder, *words)
    assert done.code == 0, done.stderr
