import pickle
import time
import tracemalloc
import zipfile
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from stnctl.storage.npz_bytes import (
    check_array_descriptions,
    describe_arrays,
    pack_arrays,
    unpack_arrays,
)

NUMBERS = st.one_of(
    npst.boolean_dtypes(),
    npst.integer_dtypes(),
    npst.unsigned_integer_dtypes(),
    npst.floating_dtypes(sizes=(16, 32, 64)),
    npst.complex_number_dtypes(sizes=(64, 128)),
)
ARRAYS = npst.arrays(NUMBERS, npst.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))


def npz(members, compression=zipfile.ZIP_STORED):
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def npy(array, **options):
    buffer = BytesIO()
    np.lib.format.write_array(buffer, array, **options)
    return buffer.getvalue()


@given(st.dictionaries(st.sampled_from(["a", "b/c", "file", "d e", "é"]), ARRAYS))
def test_pack_arrays_roundtrip(arrays):
    found = unpack_arrays(pack_arrays(arrays), describe_arrays(arrays))
    assert list(found) == list(arrays)
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype
        assert found[name].flags.writeable
        np.testing.assert_array_equal(found[name], array, strict=True)


def test_pack_arrays_roundtrip_strided():
    array = np.arange(24.0).reshape(2, 3, 4)
    arrays = {"fortran": np.asfortranarray(array), "slice": array[:, ::2], "transposed": array.T}
    found = unpack_arrays(pack_arrays(arrays), describe_arrays(arrays))
    for name, expected in arrays.items():
        np.testing.assert_array_equal(found[name], expected, strict=True)


def test_pack_arrays_golden_numpy(arrays):
    with np.load(BytesIO(pack_arrays(arrays)), allow_pickle=False) as found:
        assert set(found) == set(arrays)
        for name, array in arrays.items():
            np.testing.assert_array_equal(found[name], array, strict=True)


def test_pack_arrays_repeats(arrays, monkeypatch):
    first = pack_arrays(arrays)
    monkeypatch.setattr(time, "time", lambda: 4e9)
    assert pack_arrays({name: array.copy() for name, array in arrays.items()}) == first


@pytest.mark.parametrize("array", [np.array([None]), np.array(["a"]), np.zeros(1, "V2")])
def test_pack_arrays_rejects_dtype(array):
    with pytest.raises(ValueError, match=f"array 'a' must hold numbers, got dtype {array.dtype}"):
        pack_arrays({"a": array})


def test_describe_arrays_preset(arrays):
    assert describe_arrays(arrays) == {
        "conv/kernel": {"shape": [3, 3, 1, 4], "dtype": "float32"},
        "adam/iterations": {"shape": [], "dtype": "int64"},
        "dropout/seed_state": {"shape": [2], "dtype": "uint32"},
    }


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({}, "array 'a' is missing"),
        ({"a": np.zeros(3)}, r"a\.npy must be .*\[2\].*, the file has .*\[3\]"),
        ({"a": np.zeros(2, "float32")}, r"a\.npy must be .*, the file has .*float32"),
        ({"a": np.zeros(2), "b": np.zeros(1)}, "array 'b' is unexpected"),
    ],
)
def test_unpack_arrays_rejects_unexpected(arrays, message):
    with pytest.raises(ValueError, match=message):
        unpack_arrays(pack_arrays(arrays), describe_arrays({"a": np.zeros(2)}))


class Trap:
    def __reduce__(self):
        return pytest.fail, ("unpickled",)


def false_header():
    """Return an array of one number, with a header that declares 8 TB."""
    return npy(np.zeros(1)).replace(b"(1,), }            ", b"(1000000, 1000000,), }")


def huge_header():
    header = b"(" * 60_000
    return npz({"a.npy": b"\x93NUMPY\1\0" + len(header).to_bytes(2, "little") + header})


def two_of_one_name():
    return npz({"a.npy": npy(np.zeros(2)), "b.npy": npy(np.zeros(2))}).replace(b"b.npy", b"a.npy")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a zip file"),
        (b"PK", "not a zip file"),
        (pickle.dumps(Trap()), "not a zip file"),
        (npz({"a.npy": pickle.dumps(Trap())}), "magic string is not correct"),
        (npz({"a.npy": npy(np.array([Trap()]))}), "must be .*, the file has .*object"),
        (npz({"a.npy": b"raw"}), "magic string is not correct|EOF"),
        (npz({"a.npy": b""}), "EOF"),
        (npz({"a.npy": npy(np.zeros(2), version=(2, 0))}), r"must be \(1, 0\), got \(2, 0\)"),
        (npz({"a.npy": npy(np.zeros(2))[:-1]}), r"can't hold float64 of shape \(2,\)"),
        (npz({"a.npy": npy(np.zeros(2))}, zipfile.ZIP_DEFLATED), "a part of it is compressed"),
        (npz({"a.npy": false_header()}), "must be .*, the file has .*1000000, 1000000"),
        (npz({"a.npy": npy(np.zeros(2)) + b"x"}), r"can't hold float64 of shape \(2,\)"),
        (npz({"a.npy": npy(np.zeros(2)), "a": b""}), "a part of it is not an array"),
        (npz({f"{number}.npy": b"" for number in range(103)}), "it has too many parts"),
        (huge_header(), "Header info length .* is large"),
        (two_of_one_name(), "two of its parts have the same name"),
    ],
)
def test_unpack_arrays_rejects_hostile(data, message):
    with pytest.raises(ValueError, match=f"not an .npz file of the expected arrays: .*({message})"):
        unpack_arrays(data, describe_arrays({"a": np.zeros(2)}))


def test_unpack_arrays_rejects_overlapping_members():
    """Two names for the same bytes, as in a zip bomb."""
    data = npz({"a.npy": npy(np.zeros(50)), "b.npy": b""})
    with zipfile.ZipFile(BytesIO(data)) as archive:
        first, second = archive.infolist()
    entry = data.rindex(b"PK\x01\x02")
    sizes = first.CRC.to_bytes(4, "little") + 2 * first.file_size.to_bytes(4, "little")
    forged = bytearray(data)
    forged[entry + 16 : entry + 28] = sizes
    forged[entry + 42 : entry + 46] = first.header_offset.to_bytes(4, "little")
    assert second.file_size == 0
    with pytest.raises(ValueError, match="its parts are larger than the file"):
        unpack_arrays(bytes(forged), {})


@given(st.integers(0, 1500), st.integers(0, 255))
def test_unpack_arrays_random_damage(position, value):
    arrays = {"a": np.arange(6.0), "b": np.array(1)}
    data = bytearray(pack_arrays(arrays))
    data[position % len(data)] = value
    try:
        found = unpack_arrays(bytes(data), describe_arrays(arrays))
    except ValueError:
        return
    assert describe_arrays(found) == describe_arrays(arrays)


def test_unpack_arrays_memory():
    """There are never more than two copies of an array."""
    arrays = {"a": np.zeros(2**21)}
    data = pack_arrays(arrays)
    tracemalloc.start()
    unpack_arrays(data, describe_arrays(arrays))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1.1 * len(data)


NAMES = ["", "/a", "a/", "a/../b", "..", "a\x1b[2J", "a\n", "a" * 513]
ENTRIES = [
    None,
    [],
    {},
    {"shape": [2]},
    {"shape": [2], "dtype": "float64", "more": 1},
    {"shape": 2, "dtype": "float64"},
    {"shape": [-1], "dtype": "float64"},
    {"shape": [2.0], "dtype": "float64"},
    {"shape": [True], "dtype": "float64"},
    {"shape": [2**32], "dtype": "float64"},
    {"shape": [1] * 17, "dtype": "float64"},
    {"shape": [2], "dtype": "object"},
    {"shape": [2], "dtype": "<f8"},
    {"shape": [2], "dtype": ["float64"]},
    {"shape": [2], "dtype": "float128"},
]


@pytest.mark.parametrize("name", NAMES)
def test_check_array_descriptions_rejects_name(name):
    with pytest.raises(ValueError, match="an array can't be named"):
        check_array_descriptions({name: {"shape": [2], "dtype": "float64"}}, 1000)


@pytest.mark.parametrize("entry", ENTRIES)
def test_check_array_descriptions_rejects_entry(entry):
    with pytest.raises(ValueError, match="array 'a' must have a shape and a dtype of numbers"):
        check_array_descriptions({"a": entry}, 1000)


@pytest.mark.parametrize("shape", [[126], [2**31] * 16])
def test_check_array_descriptions_rejects_large_arrays(shape):
    with pytest.raises(ValueError, match=r"its arrays need [\d,]+ bytes, the file has 1,000"):
        check_array_descriptions({"a": {"shape": shape, "dtype": "float64"}}, 1000)


@given(st.dictionaries(st.sampled_from(["a", "b/c", "model/000/kernel", "é"]), ARRAYS))
def test_check_array_descriptions_preset(arrays):
    check_array_descriptions(describe_arrays(arrays), len(pack_arrays(arrays)))


def test_unpack_arrays_raises_memory_error(arrays, monkeypatch):
    """Too little memory is not reported as damage, which a caller may skip."""

    def fail(*_, **__):
        raise MemoryError

    monkeypatch.setattr(np.lib.format, "read_array", fail)
    with pytest.raises(MemoryError):
        unpack_arrays(pack_arrays(arrays), describe_arrays(arrays))
