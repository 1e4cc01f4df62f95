import os
from pathlib import Path

import pytest

from stnctl.cli.output_paths import check_destination, real_path
from stnctl.errors import EnvironmentFault, UsageError


def test_check_destination_of_a_new_file(tmp_path):
    path = tmp_path / "x.NPZ"
    assert check_destination(path, ".npz", force=False) == path.resolve()


def test_check_destination_of_an_existing_file(tmp_path):
    path = tmp_path / "x.npz"
    path.touch()
    with pytest.raises(UsageError, match=r"x\.npz exists already") as error:
        check_destination(path, ".npz", force=False)
    assert "--force" in error.value.hint
    assert check_destination(path, ".npz", force=True) == path.resolve()


def test_check_destination_follows_links(tmp_path):
    (tmp_path / "data").mkdir()
    link = tmp_path / "x.npz"
    link.symlink_to(tmp_path / "data" / "y.npz")
    target = (tmp_path / "data").resolve() / "y.npz"
    assert check_destination(link, ".npz", force=False) == target
    target.touch()
    with pytest.raises(UsageError, match="exists already"):
        check_destination(link, ".npz", force=False)


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("x.npy", UsageError, r"expected a \.npz file, got .*x\.npy"),
        ("-", UsageError, r"expected a \.npz file, got -"),
        ("folder.npz", UsageError, r"folder\.npz is a folder"),
        ("pipe.npz", UsageError, r"pipe\.npz is a pipe, socket or device"),
        ("missing/x.npz", EnvironmentFault, "there is no folder .*missing"),
        ("dangling.npz", EnvironmentFault, "there is no folder .*missing"),
    ],
)
def test_check_destination_rejects(tmp_path, monkeypatch, name, error, message, force):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.npz").mkdir()
    os.mkfifo(tmp_path / "pipe.npz")
    (tmp_path / "dangling.npz").symlink_to("missing/x.npz")
    with pytest.raises(error, match=message):
        check_destination(Path(name), ".npz", force=force)


def test_real_path(tmp_path):
    (tmp_path / "link").symlink_to("other/../v.png")
    (tmp_path / "circle").symlink_to("circle")
    assert real_path(tmp_path / "link") == tmp_path.resolve() / "v.png"
    assert real_path(tmp_path / "circle") == tmp_path.resolve() / "circle"
