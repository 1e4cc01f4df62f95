import pytest

from stnctl.geometry.choice import choose


def test_choose_preset():
    assert choose("padding", "border", {"zeros": 1, "border": 2}) == 2


def test_choose_rejects():
    message = r"^padding must be one of zeros, border, got 'boarder'$"
    with pytest.raises(ValueError, match=message):
        choose("padding", "boarder", {"zeros": 1, "border": 2})
