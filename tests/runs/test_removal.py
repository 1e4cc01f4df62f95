import signal
from pathlib import Path

import pytest

from stnctl.errors import EnvironmentFault, InputError
from stnctl.runs.lock import run_lock
from stnctl.runs.lookup import find_named_run
from stnctl.runs.removal import remove_run, size_on_disk


def test_remove_run_preset(run, make_run, runs_dir):
    other = make_run("y")
    run.checkpoints.mkdir()
    (run.checkpoints / "best.json").touch()
    remove_run(run)
    assert [path.name for path in runs_dir.iterdir()] == ["y"]
    assert other.is_run


def test_remove_run_follows_no_link(run, runs_dir, tmp_path):
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").write_text("x")
    (run.path / "inspect").symlink_to(tmp_path / "precious")
    (run.path / "train.log").symlink_to(tmp_path / "precious" / "file")
    run.lock.symlink_to(tmp_path / "precious" / "lock")
    remove_run(run)
    assert list(runs_dir.iterdir()) == []
    assert [path.name for path in (tmp_path / "precious").iterdir()] == ["file"]


def test_remove_run_rejects_a_running_one(run):
    with run_lock(run), pytest.raises(EnvironmentFault, match="in use"):
        remove_run(run)
    assert run.is_run


def test_remove_run_rejects_another_folder(run):
    run.config.unlink()
    with pytest.raises(InputError, match="is not a run"):
        remove_run(run)
    assert run.run.is_file()


def test_remove_run_in_an_unwritable_folder(run, monkeypatch):
    def deny(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", deny)
    with pytest.raises(EnvironmentFault, match=r"can't remove .* the run is unchanged"):
        remove_run(run)
    assert run.is_run


def test_remove_run_names_what_remains(run, runs_dir, monkeypatch):
    monkeypatch.setattr("shutil.rmtree", lambda *_, **__: None)
    with pytest.raises(EnvironmentFault, match="removed only in part: the rest is in") as caught:
        remove_run(run)
    [leftover] = runs_dir.iterdir()
    assert leftover.name.startswith(".tmp-")
    assert str(leftover) in caught.value.hint


@pytest.mark.parametrize("stage", ["rename", "fsync_directory", "rmtree"])
def test_remove_run_killed_at_every_stage(run, runs_dir, start_python, stage):
    """A killed removal leaves the whole run, or a folder with a temporary name."""
    places = {
        "rename": "pathlib.Path.rename",
        "fsync_directory": "removal.fsync_directory",
        "rmtree": "removal.shutil.rmtree",
    }
    child = start_python(
        f"""
        import os, pathlib, signal
        from stnctl.runs import removal
        from stnctl.runs.directory import RunDirectory

        def kill(*_, **__):
            os.kill(os.getpid(), signal.SIGKILL)

        {places[stage]} = kill
        removal.remove_run(RunDirectory(pathlib.Path({str(run.path)!r})))
        """
    )
    assert child.wait(timeout=60) == -signal.SIGKILL
    [left] = list(runs_dir.iterdir())
    assert run.is_run if stage == "rename" else left.name.startswith(".tmp-")


def test_size_on_disk_preset(run, tmp_path):
    before = size_on_disk(run.path)
    (run.path / "eval").mkdir()
    (run.path / "eval" / "x").write_bytes(b"1234567")
    (tmp_path / "big").write_bytes(b"1" * 10_000)
    (run.path / "link").symlink_to(tmp_path / "big")
    assert 7 <= size_on_disk(run.path) - before < 1000
    assert size_on_disk(tmp_path / "missing") == 0


def test_find_named_run_takes_no_prefix(run, make_run, runs_dir):
    """After the removal of `stn`, the same command must not remove `stn-2`."""
    make_run("stn-2")
    assert find_named_run("x", runs_dir) == run
    assert find_named_run(str(run.path), runs_dir) == run
    assert find_named_run("latest", runs_dir).name in ("x", "stn-2")
    with pytest.raises(InputError, match="the whole name is needed") as caught:
        find_named_run("stn", runs_dir)
    assert "stn-2" in caught.value.hint
    with pytest.raises(InputError, match="did you mean stn-2"):
        find_named_run("snt-2", runs_dir)


def test_find_named_run_rejects_links(run, runs_dir, tmp_path):
    (runs_dir / "good").symlink_to("x")
    (runs_dir / "loop").symlink_to("loop")
    for name in ("good", "loop"):
        with pytest.raises(InputError, match="links are not followed"):
            find_named_run(name, runs_dir)
