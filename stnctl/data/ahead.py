"""Computation of items in a thread, one item ahead of their use."""

from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def ahead(items: Iterable[Item]) -> Generator[Item, None, None]:
    """Yield items, and compute the next one in a thread while the caller uses the last one.

    An error of an item is raised in its place. A caller that stops early waits for the item that is
    being computed.
    """
    remaining = iter(items)
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(_first, remaining)
        while item := coming.result():
            coming = pool.submit(_first, remaining)
            yield from item


def _first(items: Iterator[Item]) -> list[Item]:
    """Return the next item in a list, [] at the end."""
    return list(islice(items, 1))
