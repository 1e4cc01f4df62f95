import io
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image as PillowImage

from stnctl.errors import InputError, UsageError
from stnctl.warping.image_source import STDIN, plain_name, read_source

LIMIT = 1000


def pipe(monkeypatch, data, tty=False):
    stdin = SimpleNamespace(buffer=io.BytesIO(data), isatty=lambda: tty)
    monkeypatch.setattr("sys.stdin", stdin)


def test_read_source_preset_file_before_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    PillowImage.new("L", (3, 2)).save("square", "PNG")
    assert read_source(Path("square"), LIMIT).pixels.shape == (2, 3, 1)
    Path("square").unlink()
    assert read_source(Path("square"), LIMIT).pixels.shape == (128, 128, 1)


def test_read_source_preset_stdin(monkeypatch):
    buffer = io.BytesIO()
    PillowImage.fromarray(np.eye(3, dtype=np.uint8) * 255).save(buffer, "PNG")
    pipe(monkeypatch, buffer.getvalue())
    np.testing.assert_array_equal(read_source(STDIN, LIMIT).pixels[..., 0], np.eye(3))


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"", "image on stdin is empty, expected PNG"), (b"text", "image on stdin is not an image")],
)
def test_read_source_rejects_stdin(monkeypatch, data, message):
    pipe(monkeypatch, data)
    with pytest.raises(InputError, match=message):
        read_source(STDIN, LIMIT)


def test_read_source_rejects_too_much_on_stdin(monkeypatch):
    monkeypatch.setattr("stnctl.warping.image_source.max_bytes", lambda _: 3)
    pipe(monkeypatch, b"1234")
    with pytest.raises(InputError, match="more than 3 bytes"):
        read_source(STDIN, LIMIT)


def test_read_source_rejects_terminal(monkeypatch):
    pipe(monkeypatch, b"", tty=True)
    with pytest.raises(UsageError, match="nothing is piped") as caught:
        read_source(STDIN, LIMIT)
    assert "< image.png" in caught.value.hint


def test_read_source_rejects_broken_links(tmp_path):
    (tmp_path / "square").symlink_to(tmp_path / "gone")
    with pytest.raises(InputError, match=r"square is a link to .*gone, which does not exist"):
        read_source(tmp_path / "square", LIMIT)


def test_read_source_rejects_large(tmp_path):
    PillowImage.new("L", (40, 30)).save(tmp_path / "u.png")
    with pytest.raises(InputError, match="at most 1,000 in all") as caught:
        read_source(tmp_path / "u.png", LIMIT)
    assert "--max-pixels" in caught.value.hint


@pytest.mark.parametrize(
    ("image", "name"), [("-", "stdin"), ("digit:5", "digit-5"), ("a/b.png", "b.png")]
)
def test_plain_name_preset(image, name):
    assert plain_name(Path(image)) == Path(name)
