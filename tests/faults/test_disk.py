"""A full disk, and one that may not be written."""

import signal
import subprocess

import pytest

from stnctl.runs.checkpoint_paths import STATE, checkpoint_folder, checkpoint_steps
from stnctl.runs.checkpoint_reader import follow_pointer
from tests.cli.forks import forks
from tests.faults.chaos import outcome
from tests.faults.conftest import wait_until

SMALL = "size=2m"


@pytest.fixture
def mount(tmp_path):
    """Mounts a small disk of its own on ``runs/``; only root may."""
    place = tmp_path / "runs"
    place.mkdir()

    def run_mount(*options):
        line = ["mount", "-t", "tmpfs", "-o", ",".join(options), "none", str(place)]
        if subprocess.run(line, capture_output=True, check=False).returncode != 0:
            pytest.skip("no right to mount a disk")
        return place

    yield run_mount
    while place.is_mount():
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(place):
    """Write a file that takes all that is left of a disk."""
    with (place / "filler").open("wb", buffering=0) as file:
        try:
            while file.write(b"\0" * 4096):
                pass
        except OSError:
            return


def test_file_size_limit_keeps_the_last_commit(folder, cut):
    """The limit is met by the first commit: its state is one byte too large."""
    run = folder.copy(cut)
    newest = max(checkpoint_steps(run))
    limit = (checkpoint_folder(run, newest) / STATE).stat().st_size - 1
    prelude = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))"
    done = forks().run(("train", "--resume", "x"), folder.folder, prelude=prelude)
    assert (done.returncode, done.stdout) == (4, ""), done.stderr
    assert "File too large" in done.stderr
    assert "the earlier checkpoints are unchanged" in done.stderr
    assert "Traceback" not in done.stderr
    assert follow_pointer(run, "last").meta["step"] == newest
    assert not list(run.checkpoints.glob(".tmp-*"))


def test_full_disk(folder, cut, whole, warm, mount):
    """It is full at the start of a resume; then it fills up while the training runs."""
    place = mount(SMALL)
    run = folder.copy(cut)
    newest = max(checkpoint_steps(run))
    fill(place)
    done = warm(folder.folder, "train", "--resume", "x")
    assert (done.code, done.stdout) == (4, ""), done.stderr
    assert "bytes free" in done.stderr
    assert follow_pointer(run, "last").meta["step"] == newest

    (place / "filler").unlink()
    child = folder.fork("train", "--resume", "x", "--quiet")
    wait_until(lambda: max(checkpoint_steps(run)) > newest, child)
    child.send_signal(signal.SIGSTOP)
    fill(place)
    child.send_signal(signal.SIGCONT)
    stdout, stderr = child.communicate(timeout=60)
    assert (child.returncode, stdout) == (4, ""), stderr
    assert "bytes free" in stderr
    assert "Traceback" not in stderr
    assert follow_pointer(run, "last").meta["step"] > newest

    (place / "filler").unlink()
    done = warm(folder.folder, "train", "--resume", "x")
    assert done.code == 0, done.stderr
    assert outcome(run) == outcome(whole)


def test_read_only_disk(folder, cut, warm, mount):
    place = mount(SMALL)
    folder.copy(cut)
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
    for arguments in (("tiny.yaml", "--name", "y"), ("--resume", "x")):
        done = warm(folder.folder, "train", *arguments)
        assert (done.code, done.stdout) == (4, ""), done.stderr
        assert "runs" in done.stderr
        assert "Read-only file system" in done.stderr
        assert warm.seconds < 2
    evaluated = warm(folder.folder, "eval", "x")
    assert evaluated.code == 4, evaluated.stderr
