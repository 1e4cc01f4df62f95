import threading

import pytest

from stnctl.data.ahead import ahead


def test_ahead_keeps_items_and_their_order():
    assert list(ahead(range(100))) == list(range(100))
    assert list(ahead([])) == []
    assert list(ahead([None, 0, []])) == [None, 0, []]


def test_ahead_computes_one_item_in_another_thread():
    begun = [threading.Event() for _ in range(4)]
    threads = set()

    def items():
        for k in range(4):
            threads.add(threading.current_thread())
            begun[k].set()
            yield k

    coming = ahead(items())
    assert next(coming) == 0
    assert begun[1].wait(10)
    assert not begun[2].is_set()
    assert list(coming) == [1, 2, 3]
    assert threads.isdisjoint({threading.current_thread()})


def test_ahead_raises_an_error_in_its_place():
    def items():
        yield 1
        raise ValueError("broken")

    coming = ahead(items())
    assert next(coming) == 1
    with pytest.raises(ValueError, match="broken"):
        next(coming)


def test_ahead_of_a_caller_that_stops():
    coming = ahead(iter(range(10)))
    assert next(coming) == 0
    coming.close()
    assert list(coming) == []
