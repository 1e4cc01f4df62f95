import io
import os

import pytest

from stnctl.errors import InputError
from stnctl.storage import bounded_reader
from stnctl.storage.bounded_reader import BoundedReader


@pytest.fixture(params=["file", "bytes"])
def file(request, tmp_path):
    (tmp_path / "a").write_bytes(b"content")
    raw = (tmp_path / "a").open("rb", buffering=0)
    with BoundedReader(
        raw if request.param == "file" else io.BytesIO(b"content"), "image a"
    ) as opened:
        yield opened
    raw.close()


def test_read_requests_at_most_the_size_of_the_file(file):
    """A parser requests as many bytes as a forged length."""
    assert file.size == 7
    assert (file.read(3), file.read(2**62), file.read(2**62)) == (b"con", b"tent", b"")
    file.seek(100)
    assert file.read(1) == b""
    file.seek(-2, os.SEEK_END)
    assert (file.read(-1), file.read(None)) == (b"nt", b"")


def test_read_returns_at_most_max_read_size(file):
    file.max_read_size = 2
    assert (file.read(), file.read(1), file.read(5)) == (b"co", b"n", b"te")
    file.max_read_size = None
    assert file.read() == b"nt"


def test_read_rejects_too_many_parts(monkeypatch):
    """A larger file may be read more often."""
    monkeypatch.setattr(bounded_reader, "MAX_READS", 2)
    file = BoundedReader(io.BytesIO(bytes(1024)), "image a")
    for _ in range(3):
        assert file.read(1) == b"\0"
    with pytest.raises(InputError, match="image a is made of too many parts to be read"):
        file.read(1)
