import os

from stnctl.geometry import row_blocks


def test_default_threads_preset(monkeypatch):
    """The CPUs that the process may use, up to the maximum."""
    for allowed, expected in (({3}, 1), ({0, 2, 5}, 3), (set(range(99)), row_blocks.MAX_THREADS)):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _, a=allowed: a, raising=False)
        assert row_blocks.default_threads() == expected
    monkeypatch.delattr(os, "sched_getaffinity")
    for count, expected in ((None, 1), (2, 2)):
        monkeypatch.setattr(os, "cpu_count", lambda count=count: count)
        assert row_blocks.default_threads() == expected
