import pytest

from stnctl.errors import InputError
from stnctl.storage.checksummed_json import checksummed_bytes, read_checksummed
from stnctl.storage.json_files import json_bytes

DOCUMENT = {"step": 3, "loss": 0.1 + 0.2, "name": "é", "list": [1e300, None, -0.0]}


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "file.json"
    path.write_bytes(checksummed_bytes(DOCUMENT))
    return path


def test_read_checksummed_roundtrip(path):
    document = read_checksummed(path, {"step": int})
    assert document.pop("sha256")
    assert document == DOCUMENT


def test_checksummed_bytes_rejects_reserved():
    with pytest.raises(ValueError, match="the key 'sha256' is reserved"):
        checksummed_bytes({"sha256": ""})


def is_rejected(path, data):
    path.write_bytes(data)
    try:
        read_checksummed(path, {})
    except InputError as error:
        return str(path) in str(error)
    return False


def test_read_checksummed_detects_flips(path):
    data = path.read_bytes()
    for position in range(len(data)):
        for bit in (0, 5, position % 8):  # 5 is the case of a letter
            flipped = bytearray(data)
            flipped[position] ^= 1 << bit
            assert is_rejected(path, flipped), (position, bit)


def test_read_checksummed_detects_truncation(path):
    data = path.read_bytes()
    assert all(is_rejected(path, data[:length]) for length in range(len(data)))


@pytest.mark.parametrize(
    "edit",
    [
        lambda data: data + b"\n",
        lambda data: data.replace(b'"step": 3', b'"step": 4'),
        lambda data: data.replace(b"\\u00e9", b"\\u00E9"),
        lambda data: data.replace(b"  ", b""),
        lambda data: json_bytes(DOCUMENT),
    ],
)
def test_read_checksummed_rejects_edited(path, edit):
    path.write_bytes(edit(path.read_bytes()))
    with pytest.raises(InputError, match="does not match its own sha256: it was damaged or") as e:
        read_checksummed(path, {}, damaged_hint="restore a copy")
    assert e.value.hint == "restore a copy"


@pytest.mark.parametrize(("key", "kind"), [("epoch", int), ("step", str), ("name", int)])
def test_read_checksummed_rejects_field(path, key, kind):
    with pytest.raises(InputError, match=f"file.json has no '{key}' of type {kind.__name__}"):
        read_checksummed(path, {key: kind})
