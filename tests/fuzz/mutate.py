"""Random damage to bytes and to plain data, and PNG files with correct checksums."""

import copy
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

NUMBERS = (0, 1, 2, 127, 128, 255, 256, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1, 2**63)

VALUES = (
    *(None, True, False, 0, 1, -1, 2**31, 2**32, 2**63, 2**64, 10**30, -(10**400), 0.5, -1.5),
    *(
        1e-320,
        1e308,
        "",
        " ",
        "0",
        "\0",
        "\x1b[2J",
        "\ud800",
        "../x",
        "/",
        "object",
        "float64",
        "é",
    ),
    *("x" * 300, [], {}, [[]], [0], [-1], [2**40, 2**40], [None], {"": 0}),
    {"shape": [], "dtype": "O"},
    *([1] * 70, "0" * 64, "9999-12-31T23:59:59Z", "step-00000001"),
)

PNG = b"\x89PNG\r\n\x1a\n"


def damaged(rng: Random, data: bytes, tokens: Sequence[bytes] = ()) -> bytes:
    """Return ``data`` after one to four changes; ``tokens`` are words to insert."""
    for _ in range(rng.choice((1, 1, 1, 2, 2, 4))):
        data = rng.choice(_CHANGES)(rng, data)
        if tokens and rng.random() < 0.5:
            data = _insert(rng, data, rng.choice(tokens))
    return data


def replaced(rng: Random, document: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of plain data with one to three values replaced or removed."""
    result = copy.deepcopy(document)
    for _ in range(rng.choice((1, 1, 2, 3))):
        places = list(_places(result))
        holder, key = rng.choice(places or [(result, "x")])
        if rng.random() < 0.2 and places:
            del holder[key]
        else:
            holder[key] = copy.deepcopy(rng.choice(VALUES))
    return result


def with_correct_checksums(data: bytes) -> bytes:
    """Return a damaged PNG file with the correct checksum in each complete chunk."""
    parts, place = [data[: len(PNG)]], len(PNG)
    while place + 12 <= len(data):
        end = place + 8 + struct.unpack_from(">I", data, place)[0]
        if end + 4 > len(data):
            break
        parts += [data[place:end], struct.pack(">I", zlib.crc32(data[place + 4 : end]))]
        place = end + 4
    return b"".join([*parts, data[place:]])


def _places(document: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each holder and key in plain data."""
    keys = document if isinstance(document, dict) else range(len(document))
    for key in list(keys):
        yield document, key
        if isinstance(document[key], dict | list):
            yield from _places(document[key])


def _insert(rng: Random, data: bytes, piece: bytes) -> bytes:
    """Insert ``piece``, or overwrite bytes with it."""
    place = rng.randint(0, len(data))
    return data[:place] + piece + data[place + rng.choice((0, len(piece))) :]


def _span(rng: Random, data: bytes) -> tuple[int, int]:
    start = rng.randint(0, len(data))
    return start, min(len(data), start + rng.choice((1, 2, 4, 8, 30, 200)))


def _flip(rng: Random, data: bytes) -> bytes:
    if not data:
        return data
    place = rng.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << rng.randrange(8)]) + data[place + 1 :]


def _cut_end(rng: Random, data: bytes) -> bytes:
    return data[: rng.randint(0, len(data))]


def _cut_out(rng: Random, data: bytes) -> bytes:
    start, end = _span(rng, data)
    return data[:start] + data[end:]


def _duplicate(rng: Random, data: bytes) -> bytes:
    start, end = _span(rng, data)
    return data[:end] + data[start:end] * rng.choice((1, 1, 2, 50)) + data[end:]


def _move(rng: Random, data: bytes) -> bytes:
    start, end = _span(rng, data)
    return _insert(rng, data[:start] + data[end:], data[start:end])


def _number(rng: Random, data: bytes) -> bytes:
    form = rng.choice(("<B", "<H", "<I", "<Q", ">H", ">I", ">Q"))
    number = rng.choice(NUMBERS) % 256 ** struct.calcsize(form)
    return _insert(rng, data, struct.pack(form, number))


def _noise(rng: Random, data: bytes) -> bytes:
    return _insert(rng, data, rng.randbytes(rng.choice((1, 2, 8, 64))))


_CHANGES: tuple[Callable[[Random, bytes], bytes], ...] = (
    *(_flip, _flip, _cut_end, _cut_out, _duplicate, _move, _number, _number, _noise),
)
