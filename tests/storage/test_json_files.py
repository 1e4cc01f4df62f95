import pytest

from stnctl.errors import InputError
from stnctl.storage.json_files import MAX_BYTES, json_bytes, parse_json, read_json, write_json


@pytest.mark.parametrize(
    "value", [{}, {"a": [1, 2.5, None, True]}, {"name": "é \udcff"}, {"nested": {"b": []}}]
)
def test_write_json_roundtrip(tmp_path, value):
    path = tmp_path / "file.json"
    write_json(path, value)
    assert read_json(path) == value
    assert path.read_bytes().endswith(b"}\n")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_write_json_rejects_not_finite(tmp_path, value):
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "file.json", {"loss": value})
    assert not list(tmp_path.iterdir())


def test_write_json_stops_at_the_limit_of_reading(tmp_path):
    path = tmp_path / "file.json"
    write_json(path, {"a": "x" * (MAX_BYTES - 14)})
    assert path.stat().st_size == MAX_BYTES
    before = read_json(path)
    with pytest.raises(ValueError, match="a JSON file may have 1,048,576 bytes, got 1,048,577"):
        write_json(path, {"a": "x" * (MAX_BYTES - 13)})
    assert read_json(path) == before


def test_json_bytes_preset():
    assert json_bytes({"a": [1]}) == b'{\n  "a": [\n    1\n  ]\n}\n'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not valid JSON: Expecting value"),
        (b"{", "not valid JSON"),
        (b'{"a": NaN}', "not valid JSON: NaN is not a finite number"),
        (b'{"a": -Infinity}', "not valid JSON: -Infinity is not a finite number"),
        (b'{"a": 1e999}', "not valid JSON: 1e999 is not a finite number"),
        (b'{"a": "\xff"}', "not valid JSON: 'utf-8' codec"),
        (b"[" * 100_000, "not valid JSON: maximum recursion depth"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not valid JSON: Exceeds the limit"),
        (b'{"a": ' + b"9" * 5000 + b".5e999}", "not valid JSON: 9{40} is not a finite number"),
        (b"[1]", "must hold a JSON object, got list"),
        (b'{"a": ' * 33 + b"1" + b"}" * 33, "is nested more than 32 levels deep"),
        (b'{"a": ' + b"[" * 500 + b"]" * 500 + b"}", "is nested more than 32 levels deep"),
    ],
)
def test_parse_json_rejects(data, message):
    with pytest.raises(InputError, match=f"here:3 (is )?{message}"):
        parse_json(data, "here:3")


def test_parse_json_accepts_32_levels():
    assert parse_json(b'{"a": ' * 32 + b"1" + b"}" * 32, "here")


def test_read_json_rejects_more_than_one_mib(tmp_path):
    path = tmp_path / "file.json"
    path.write_bytes(b"{}" + b" " * 2**20)
    with pytest.raises(
        InputError, match=r"file\.json has 1,048,578 bytes, expected at most 1,048,576"
    ):
        read_json(path)
