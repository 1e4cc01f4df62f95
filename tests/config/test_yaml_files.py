import os
from pathlib import Path

import pytest

from stnctl.config.shipped import SHIPPED_HINT
from stnctl.config.strict_yaml import MAX_BYTES
from stnctl.config.yaml_files import read_run_text, read_text
from stnctl.errors import ConfigError


@pytest.fixture
def folder(tmp_path):
    for name in ("cnn.yaml", "stn.yaml"):
        (tmp_path / name).write_text("name: é\n", encoding="utf-8")
    return tmp_path


def test_read_text_preset(folder):
    assert read_text(folder / "stn.yaml") == "name: é\n"


@pytest.mark.parametrize("name", ["stm.yaml", "stn.yml", "stn"])
def test_read_text_rejects_missing_file(folder, name):
    with pytest.raises(ConfigError) as caught:
        read_text(folder / name)
    assert str(caught.value) == f"{folder / name}: no such file, did you mean stn.yaml?"
    assert caught.value.hint == f"the YAML files in {folder}: cnn.yaml, stn.yaml; {SHIPPED_HINT}"
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("name", ["cut", "cut.yaml", "experiment.yml"])
def test_read_text_rejects_missing_file_without_a_guess(folder, name):
    """Names with a common end only are not similar."""
    with pytest.raises(ConfigError) as caught:
        read_text(folder / name)
    assert str(caught.value) == f"{folder / name}: no such file"
    assert caught.value.hint == f"the YAML files in {folder}: cnn.yaml, stn.yaml; {SHIPPED_HINT}"


def test_read_text_rejects_missing_file_of_configs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "stn.yaml").write_text("", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"stm: no such file, did you mean configs/stn.yaml\?"):
        read_text(Path("stm"))


@pytest.mark.parametrize("name", ["stn_rst", "configs/stn_rts.yaml", "STN_RTS.yaml"])
def test_read_text_suggests_a_shipped_config(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r", did you mean stn_rts\?$") as caught:
        read_text(Path(name))
    assert SHIPPED_HINT in caught.value.hint


def test_read_text_rejects_missing_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "nowhere" / "experiment.yaml"
    with pytest.raises(ConfigError) as caught:
        read_text(path)
    assert str(caught.value) == f"{path}: the folder {path.parent} does not exist"
    assert caught.value.hint == SHIPPED_HINT


def test_read_text_rejects_missing_folder_of_a_file_in_configs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "stn.yaml").write_text("", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_text(Path("config/stn.yaml"))
    assert str(caught.value) == (
        "config/stn.yaml: the folder config does not exist, did you mean configs/stn.yaml?"
    )


def test_read_text_rejects_folder(folder):
    with pytest.raises(ConfigError) as caught:
        read_text(folder)
    assert str(caught.value) == f"{folder}: is a folder, expected a YAML file"
    assert "cnn.yaml, stn.yaml" in caught.value.hint


def test_read_text_rejects_file_as_folder(folder):
    with pytest.raises(ConfigError, match="can't be read: Not a directory"):
        read_text(folder / "stn.yaml" / "x.yaml")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"seed: 1\nname: \xff", ":2:7: the byte 0xff is not UTF-8, save the file as UTF-8"),
        ("seed: 1".encode("utf-16"), ":1:1: the byte 0xff is not UTF-8"),
        ("é".encode() * MAX_BYTES, f":1:1: the text is longer than {MAX_BYTES} bytes"),
    ],
)
def test_read_text_rejects_content(tmp_path, content, message):
    path = tmp_path / "c.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_text(path)
    assert str(caught.value).startswith(f"{path}{message}")


def test_read_text_rejects_pipe(tmp_path):
    """No process writes to it, so reading it would never end."""
    os.mkfifo(tmp_path / "c.yaml")
    with pytest.raises(ConfigError, match="is not a regular file, expected a YAML file"):
        read_text(tmp_path / "c.yaml")


@pytest.mark.parametrize("name", ["/dev/zero", "/dev/null"])
def test_read_text_rejects_device(name):
    with pytest.raises(ConfigError, match=f"^{name}: is not a regular file"):
        read_text(Path(name))


def test_read_own_text_rejects_link(folder):
    """Which `read_text` follows."""
    (folder / "link.yaml").symlink_to("stn.yaml")
    assert read_text(folder / "link.yaml") == read_run_text(folder / "stn.yaml")
    with pytest.raises(ConfigError, match=r"link.yaml: is a symbolic link, not a file of the run"):
        read_run_text(folder / "link.yaml")
