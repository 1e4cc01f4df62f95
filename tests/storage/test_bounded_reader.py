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


def test_read_takes_no_memory_for_more_than_there_is(file):
    """Parsers read as much as a length in the file says."""
    assert file.size == 7
    assert (file.read(3), file.read(2**62), file.read(2**62)) == (b"con", b"tent", b"")
    file.seek(100)
    assert file.read(1) == b""
    file.seek(-2, os.SEEK_END)
    assert (file.read(-1), file.read(None)) == (b"nt", b"")


def test_read_takes_no_more_than_is_allowed_at_once(file):
    file.most = 2
    assert (file.read(), file.read(1), file.read(5)) == (b"co", b"n", b"te")
    file.most = None
    assert file.read() == b"nt"


def test_read_rejects_too_many_parts(monkeypatch):
    """A file of more bytes may have more."""
    monkeypatch.setattr(bounded_reader, "MAX_READS", 2)
    file = BoundedReader(io.BytesIO(bytes(1024)), "image a")
    for _ in range(3):
        assert file.read(1) == b"\0"
    with pytest.raises(InputError, match="image a is made of too many parts to be read"):
        file.read(1)
