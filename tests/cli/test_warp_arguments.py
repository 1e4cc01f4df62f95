import pytest

from stnctl.cli.warp_arguments import check_numbers, join_numbers
from stnctl.errors import UsageError


@pytest.mark.parametrize(
    ("args", "joined"),
    [
        (["--theta", "1", "-2", "x.png"], ["--theta", "1 -2", "x.png"]),
        (["--theta", "-.5", "1e-3", "-o", "3"], ["--theta", "-.5 1e-3", "-o", "3"]),
        (["--theta", "1 0", "0"], ["--theta", "1 0 0"]),
        (["--theta", "1, 0", "0;"], ["--theta", "1, 0 0;"]),
        (["--theta", "12px", "-3px", "x.png"], ["--theta", "12px -3px", "x.png"]),
        (["--theta"], ["--theta"]),
        (["--theta=1", "0", "x.png"], ["--theta", "1 0", "x.png"]),
        (["5", "--json"], ["5", "--json"]),
    ],
)
def test_join_numbers(args, joined):
    assert join_numbers(args, "--theta") == joined


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["x.png", "--theta", "1 0"],
        ["--shift", "12px -3px", "-o", "v.png"],
        ["--scale", ""],
        ["--fill", "red"],
        ["--fill", "#336699"],
        ["--output", "a"],
    ],
)
def test_check_numbers_accepts(args):
    check_numbers(args)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--theta"], "--theta: expected numbers, got nothing"),
        (["--theta", "-o", "v.png"], "--theta: expected numbers, got '-o'"),
        (["--theta", "a", "b", "c"], "--theta: expected numbers, got 'a'"),
        (["--fill", "--json"], "--fill: expected numbers, got '--json'"),
        (["--shift", "3p", "0"], "--shift: expected numbers, got '3p'"),
    ],
)
def test_check_numbers_rejects(args, message):
    with pytest.raises(UsageError, match=message) as caught:
        check_numbers(args)
    assert caught.value.hint.startswith(f"for example, {args[0]} ")


def test_join_numbers_takes_linear_time():
    args = ["--points", *["0.5"] * 30_000]
    assert join_numbers(args, "--points") == ["--points", " ".join(["0.5"] * 30_000)]
