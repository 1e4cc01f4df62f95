import pytest

from stnctl.cli.options import SPLITS, one_of
from stnctl.data import dataset
from stnctl.errors import UsageError


def test_one_of_gives_back_a_choice():
    assert one_of("--split", ("train", "test"))("test") == "test"


def test_one_of_rejects_others():
    with pytest.raises(UsageError, match=r"--split: .*train, test.*'tset', did you mean test\?"):
        one_of("--split", ("train", "test"))("tset")


def test_one_of_passes_what_was_not_given():
    assert one_of("--split", ("train", "test"))(None) is None


def test_splits_are_those_of_the_data():
    assert SPLITS == dataset.SPLITS
