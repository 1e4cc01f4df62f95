import pytest

from stnctl.cli.options import check_choice
from stnctl.errors import UsageError


def test_check_choice_returns_a_choice():
    assert check_choice("--split", ("train", "test"))("test") == "test"


def test_check_choice_rejects_others():
    with pytest.raises(UsageError, match=r"--split: .*train, test.*'tset', did you mean test\?"):
        check_choice("--split", ("train", "test"))("tset")


def test_check_choice_accepts_none():
    assert check_choice("--split", ("train", "test"))(None) is None
