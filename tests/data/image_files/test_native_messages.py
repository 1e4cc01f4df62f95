import errno
import os
import tempfile

import pytest

from stnctl.data.image_files.native_messages import native_messages


def fail(*_, **__):
    raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")


def decode(printed):
    """Fail as a decoder of Pillow does, after its library has printed a message."""
    os.write(2, printed)
    raise OSError("decoder error")


@pytest.mark.parametrize(
    ("printed", "message"),
    [(b"tempfile.tif: first\nsecond\n", "first"), (b"first", "first"), (b"", "decoder error")],
)
def test_native_messages_are_in_the_error(capfd, printed, message):
    with pytest.raises(OSError, match=f"^{message}$"), native_messages():
        decode(printed)
    os.write(2, b"later")
    assert capfd.readouterr() == ("", "later")


def test_native_messages_of_a_block_without_an_error_are_dropped(capfd):
    with native_messages():
        os.write(2, b"first")
    assert capfd.readouterr() == ("", "")


def test_native_messages_without_a_folder_for_temporary_files(capfd, monkeypatch):
    """As in a read-only container: the error has the text of Pillow."""
    monkeypatch.setattr(tempfile, "TemporaryFile", fail)
    with pytest.raises(OSError, match=r"^decoder error$"), native_messages():
        decode(b"first")
    assert capfd.readouterr() == ("", "")
