import shutil
import subprocess

import pytest

from stnctl.runs.git_revision import describe_git


def git(*arguments):
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    done = subprocess.run(
        ["git", *identity, *arguments], check=True, capture_output=True, encoding="utf-8"
    )
    return done.stdout.strip()


@pytest.fixture
def work_tree(tmp_path, monkeypatch):
    if shutil.which("git") is None:
        pytest.skip("needs git")
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet")
    (tmp_path / "file").write_text("1", encoding="utf-8")
    git("add", "file")
    git("commit", "--quiet", "--message", "first")
    return tmp_path


def test_describe_git_preset(work_tree):
    revision = git("rev-parse", "HEAD")
    assert describe_git() == {"revision": revision, "dirty": False}
    (work_tree / "file").write_text("2", encoding="utf-8")
    assert describe_git() == {"revision": revision, "dirty": True}


def test_describe_git_starts_no_file_monitor(work_tree):
    hook = work_tree / "hook"
    hook.write_text(f"#!/bin/sh\ntouch {work_tree / 'started'}\n", encoding="utf-8")
    hook.chmod(0o755)
    git("config", "core.fsmonitor", str(hook))
    assert describe_git() is not None
    assert not (work_tree / "started").exists()


def test_describe_git_reads_no_long_output(tmp_path, monkeypatch):
    """The status of a large work tree is longer than memory, and a revision is short."""
    program = tmp_path / "git"
    script = "#!/bin/sh\ncase $* in *rev-parse*) echo {};; *) exec cat /dev/zero;; esac\n"
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    for revision, expected in (
        ("a" * 40, {"revision": "a" * 40, "dirty": True}),
        ("b" * 999, None),
    ):
        program.write_text(script.format(revision), encoding="utf-8")
        program.chmod(0o755)
        assert describe_git() == expected


def test_describe_git_no_commit(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if shutil.which("git"):
        git("init", "--quiet")
    assert describe_git() is None


@pytest.mark.parametrize(
    "script", [None, "#!/bin/sh\nexit 1\n", "#!/bin/sh\nsleep 1\necho late\n", "not a program"]
)
def test_describe_git_bad_git(tmp_path, monkeypatch, script):
    if script is not None:
        program = tmp_path / "git"
        program.write_text(script, encoding="utf-8")
        program.chmod(0o755)
    monkeypatch.setenv(
        "PATH", f"{tmp_path}:/bin" if script and "sleep" in script else str(tmp_path)
    )
    monkeypatch.setattr("stnctl.runs.git_revision._SECONDS", 0.1)
    assert describe_git() is None
