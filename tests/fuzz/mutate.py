"""Damage: to bytes, to plain data as of JSON, and to PNG files so that their sums are right."""

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


def damaged(draw: Random, data: bytes, tokens: Sequence[bytes] = ()) -> bytes:
    """Return ``data`` after one to four changes; ``tokens`` are words to put in."""
    for _ in range(draw.choice((1, 1, 1, 2, 2, 4))):
        data = draw.choice(_CHANGES)(draw, data)
        if tokens and draw.random() < 0.5:
            data = _put(draw, data, draw.choice(tokens))
    return data


def replaced(draw: Random, document: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of plain data in which one to three values are others, or missing."""
    result = copy.deepcopy(document)
    for _ in range(draw.choice((1, 1, 2, 3))):
        places = list(_places(result))
        holder, key = draw.choice(places or [(result, "x")])
        if draw.random() < 0.2 and places:
            del holder[key]
        else:
            holder[key] = copy.deepcopy(draw.choice(VALUES))
    return result


def with_right_sums(data: bytes) -> bytes:
    """Return a damaged PNG file with the right sum in each chunk, as far as it has chunks."""
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


def _put(draw: Random, data: bytes, piece: bytes) -> bytes:
    """Put ``piece`` in, or over what is there."""
    place = draw.randint(0, len(data))
    return data[:place] + piece + data[place + draw.choice((0, len(piece))) :]


def _span(draw: Random, data: bytes) -> tuple[int, int]:
    start = draw.randint(0, len(data))
    return start, min(len(data), start + draw.choice((1, 2, 4, 8, 30, 200)))


def _flip(draw: Random, data: bytes) -> bytes:
    if not data:
        return data
    place = draw.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << draw.randrange(8)]) + data[place + 1 :]


def _cut_end(draw: Random, data: bytes) -> bytes:
    return data[: draw.randint(0, len(data))]


def _cut_out(draw: Random, data: bytes) -> bytes:
    start, end = _span(draw, data)
    return data[:start] + data[end:]


def _duplicate(draw: Random, data: bytes) -> bytes:
    start, end = _span(draw, data)
    return data[:end] + data[start:end] * draw.choice((1, 1, 2, 50)) + data[end:]


def _move(draw: Random, data: bytes) -> bytes:
    start, end = _span(draw, data)
    return _put(draw, data[:start] + data[end:], data[start:end])


def _number(draw: Random, data: bytes) -> bytes:
    form = draw.choice(("<B", "<H", "<I", "<Q", ">H", ">I", ">Q"))
    number = draw.choice(NUMBERS) % 256 ** struct.calcsize(form)
    return _put(draw, data, struct.pack(form, number))


def _noise(draw: Random, data: bytes) -> bytes:
    return _put(draw, data, draw.randbytes(draw.choice((1, 2, 8, 64))))


_CHANGES: tuple[Callable[[Random, bytes], bytes], ...] = (
    *(_flip, _flip, _cut_end, _cut_out, _duplicate, _move, _number, _number, _noise),
)
