"""Small ICC profiles, written by the specification (ICC.1:2010), version 2."""

import struct

_D50 = (0.9642, 1.0, 0.8249)
SRGB_PRIMARIES = ((0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141))
"""XYZ of red, green and blue, adapted to D50."""


def rgb_profile(gamma, primaries=SRGB_PRIMARIES, name="test RGB"):
    colors = {f"{c}XYZ": _xyz(xyz) for c, xyz in zip("rgb", primaries, strict=True)}
    return _profile("RGB ", "XYZ ", name, colors | {f"{c}TRC": _curve(gamma) for c in "rgb"})


def gray_profile(gamma, name="test gray"):
    return _profile("GRAY", "XYZ ", name, {"kTRC": _curve(gamma)})


def cmyk_profile(name="test CMYK"):
    """Return a profile without ink as black, and with full black ink as white."""
    lut = struct.pack(
        ">4sIBBBB9i", b"mft1", 0, 4, 3, 2, 0, *[65536, 0, 0, 0, 65536, 0, 0, 0, 65536]
    )
    lut += bytes(range(256)) * 4
    lut += b"".join(bytes([255 * (index % 2), 128, 128]) for index in range(16))
    lut += bytes(range(256)) * 3
    return _profile("CMYK", "Lab ", name, {"A2B0": lut}, kind="prtr")


def _xyz(numbers):
    return struct.pack(">4sI3i", b"XYZ ", 0, *[round(number * 65536) for number in numbers])


def _curve(gamma):
    return struct.pack(">4sIIH", b"curv", 0, 1, round(gamma * 256)) + bytes(2)


def _profile(space, connection, name, tags, kind="mntr"):
    text = name.encode() + b"\0"
    description = struct.pack(">4sII", b"desc", 0, len(text)) + text + bytes(78)
    rights = b"text" + bytes(4) + b"public domain\0"
    tags = {"desc": description, "cprt": rights, "wtpt": _xyz(_D50), **tags}
    body, table = b"", struct.pack(">I", len(tags))
    start = 128 + 4 + 12 * len(tags)
    for tag, data in tags.items():
        table += struct.pack(">4sII", tag.encode(), start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    header = struct.pack(
        ">I4sI4s4s4s12s4s", start + len(body), bytes(4), 0x02400000,
        kind.encode(), space.encode(), connection.encode(), bytes(12), b"acsp",
    )  # fmt: skip
    header += bytes(28) + struct.pack(">3i", *[round(number * 65536) for number in _D50])
    return header.ljust(128, b"\0") + table + body
