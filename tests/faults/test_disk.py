"""A full disk, and a read-only disk."""

import json
import signal
import subprocess

import pytest

from stnctl.runs.checkpoint_paths import STATE, checkpoint_folder, checkpoint_steps
from stnctl.runs.checkpoint_reader import follow_pointer
from stnctl.runs.pointers import read_pointer
from tests.cli.fork_server import fork_server
from tests.faults.chaos import file_digests
from tests.faults.conftest import wait_until

DISK_SIZE = "size=2m"


@pytest.fixture
def mount(tmp_path):
    """A function that mounts a small disk on ``runs/`` and returns its path; needs root."""
    path = tmp_path / "runs"
    path.mkdir()

    def run_mount(*options):
        line = ["mount", "-t", "tmpfs", "-o", ",".join(options), "none", str(path)]
        if subprocess.run(line, capture_output=True, check=False).returncode != 0:
            pytest.skip("no right to mount a disk")
        return path

    yield run_mount
    while path.is_mount():
        subprocess.run(["umount", "--lazy", str(path)], check=True)


def fill(disk):
    """Write a file that takes all free space of a disk."""
    with (disk / "filler").open("wb", buffering=0) as file:
        try:
            while file.write(b"\0" * 4096):
                pass
        except OSError:
            return


def test_file_size_limit_keeps_the_last_checkpoint(stnctl, interrupted_run):
    """The first state that the resumed training saves is one byte too large."""
    run = stnctl.copy(interrupted_run)
    newest = max(checkpoint_steps(run))
    limit = (checkpoint_folder(run, newest) / STATE).stat().st_size - 1
    prelude = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))"
    done = fork_server().run(("train", "--resume", "x"), stnctl.folder, prelude=prelude)
    assert (done.returncode, done.stdout) == (4, ""), done.stderr
    assert "File too large" in done.stderr
    assert "the earlier checkpoints are unchanged" in done.stderr
    assert "Traceback" not in done.stderr
    assert follow_pointer(run, "last").meta["step"] == newest
    assert not list(run.checkpoints.glob(".tmp-*"))


def test_eval_shows_the_result_of_a_failed_write(stnctl, finished_run):
    """The figure is larger than the file size limit, so the report is not written either."""
    run = stnctl.copy(finished_run)
    prelude = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))"
    done = fork_server().run(("eval", "x", "--json"), stnctl.folder, prelude=prelude)
    assert done.returncode == 4, done.stderr
    assert json.loads(done.stdout)["num_examples"] == 359
    assert json.loads(done.stdout)["files"] == []
    assert "can't write in runs/x/eval: File too large" in done.stderr
    assert list(run.eval.iterdir()) == []


def test_full_disk(stnctl, interrupted_run, finished_run, warm_child, mount):
    """First full at the start of a resume, then full while the training runs."""
    disk = mount(DISK_SIZE)
    run = stnctl.copy(interrupted_run)
    newest = max(checkpoint_steps(run))
    fill(disk)
    done = warm_child(stnctl.folder, "train", "--resume", "x")
    assert (done.code, done.stdout) == (4, ""), done.stderr
    assert "bytes free" in done.stderr
    assert follow_pointer(run, "last").meta["step"] == newest

    (disk / "filler").unlink()
    child = stnctl.fork("train", "--resume", "x", "--quiet")
    wait_until(lambda: read_pointer(run, "last")["step"] > newest, child)
    child.send_signal(signal.SIGSTOP)
    fill(disk)
    child.send_signal(signal.SIGCONT)
    stdout, stderr = child.communicate(timeout=60)
    assert (child.returncode, stdout) == (4, ""), stderr
    assert "bytes free" in stderr
    assert "Traceback" not in stderr
    assert follow_pointer(run, "last").meta["step"] > newest

    (disk / "filler").unlink()
    done = warm_child(stnctl.folder, "train", "--resume", "x")
    assert done.code == 0, done.stderr
    assert file_digests(run) == file_digests(finished_run)


def test_read_only_disk(stnctl, interrupted_run, warm_child, mount):
    disk = mount(DISK_SIZE)
    stnctl.copy(interrupted_run)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    for arguments in (("tiny.yaml", "--name", "y"), ("--resume", "x")):
        done = warm_child(stnctl.folder, "train", *arguments)
        assert (done.code, done.stdout) == (4, ""), done.stderr
        assert "runs" in done.stderr
        assert "Read-only file system" in done.stderr
        assert not [path for path in done.of("open") if path.endswith("digits.npz'")]
    evaluated = warm_child(stnctl.folder, "eval", "x")
    assert evaluated.code == 4, evaluated.stderr
