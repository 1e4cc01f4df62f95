import json
import os
import platform
from copy import deepcopy
from typing import Any

import numpy as np
import pytest

from stnctl import __version__
from stnctl.runs import environment
from stnctl.runs.environment import describe_environment, describe_flags, environment_differences

NOW = {
    "stnctl": "0.1.0",
    "python": "3.11.2",
    "platform": "Linux-6.1-x86_64",
    "cpu_count": 2,
    "hostname": "here",
    "packages": {"keras": "3.15.0", "tensorflow": "2.21.0"},
    "git": {"revision": "a", "dirty": False},
    "backend": "tensorflow",
    "threads": 2,
    "flags": {"XLA_FLAGS": None, "cpu": "AMD EPYC", "machine": "x86_64"},
}


def changed(path, value):
    """Return NOW with another value at ``path``, or without one if it is `...`."""
    environment = deepcopy(NOW)
    *sections, key = path.split("/")
    place: Any = environment
    for section in sections:
        place = place[section]
    if value is ...:
        del place[key]
    else:
        place[key] = value
    return environment


def test_describe_environment_preset():
    found = describe_environment(["numpy", "no-such-package", ""])
    assert found["stnctl"] == __version__
    assert found["python"] == platform.python_version()
    assert found["cpu_count"] == os.cpu_count()
    assert found["packages"] == {"numpy": np.__version__, "no-such-package": None, "": None}
    assert json.loads(json.dumps(found)) == found


def test_describe_flags_shortens_long_variables(monkeypatch):
    """A megabyte in a variable must leave run.json and meta.json readable."""
    monkeypatch.setenv("TF_XLA_FLAGS", "x" * 2**20)
    monkeypatch.setenv("XLA_FLAGS", "a" * 2**20)
    first = describe_flags()
    monkeypatch.setenv("XLA_FLAGS", "a" * 2**20 + "b")
    second = describe_flags()
    assert len(json.dumps(first)) < 10_000
    assert first["TF_XLA_FLAGS"] == second["TF_XLA_FLAGS"] != first["XLA_FLAGS"]
    [difference] = environment_differences({"flags": first}, {"flags": second})
    assert difference.startswith("XLA_FLAGS aaaa")


def test_environment_differences_of_a_long_variable_of_an_earlier_version(monkeypatch):
    monkeypatch.setenv("XLA_FLAGS", "a" * 9999)
    now = {"flags": describe_flags()}
    assert environment_differences({"flags": {**now["flags"], "XLA_FLAGS": "a" * 9999}}, now) == []


def test_describe_environment_imports_nothing(run_python):
    output = run_python(
        """
        import sys
        from stnctl.runs.environment import describe_environment

        print(describe_environment(["keras", "tensorflow"])["packages"])
        print(sorted({"keras", "tensorflow", "pydantic"} & set(sys.modules)))
        """
    )
    versions, imported = output.splitlines()
    assert "'keras': '3." in versions
    assert imported == "[]"


def test_environment_differences_none():
    assert environment_differences(NOW, deepcopy(NOW)) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("git", None),
        ("git/revision", "b"),
        ("hostname", "there"),
        ("cpu_count", 64),
        ("platform", "Linux-6.2-x86_64"),
        ("packages/torch", "2.14.0"),
        ("flags/NEW", "1"),
        ("flags/XLA_FLAGS", ...),  # unset, and not recorded by an earlier version
        ("new", 1),
    ],
)
def test_environment_differences_ignores(path, value):
    assert environment_differences(changed(path, value), NOW) == []


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("stnctl", "0.0.9", "stnctl 0.0.9 -> 0.1.0"),
        ("python", "3.12.0", "python 3.12.0 -> 3.11.2"),
        ("backend", "jax", "backend jax -> tensorflow"),
        ("threads", 4, "threads 4 -> 2"),
        ("threads", ..., "threads not recorded -> 2"),
        ("packages/keras", "3.15.1", "keras 3.15.1 -> 3.15.0"),
        ("packages/keras", None, "keras none -> 3.15.0"),
        ("packages/tensorflow", ..., "tensorflow not recorded -> 2.21.0"),
        ("flags/XLA_FLAGS", "--xla", "XLA_FLAGS --xla -> none"),
        ("flags/machine", ..., "machine not recorded -> x86_64"),
        ("flags/cpu", "\x1b[2Jred", r"cpu \x1b[2Jred -> AMD EPYC"),
        ("flags/cpu", "x" * 1000, f"cpu {'x' * 29}…{'x' * 29} -> AMD EPYC"),
        ("flags/machine", ["arm"], "machine ['arm'] -> x86_64"),
    ],
)
def test_environment_differences_preset(path, value, expected):
    assert environment_differences(changed(path, value), NOW) == [expected]


def test_environment_differences_order():
    recorded = {"flags": [], "packages": "none", "threads": True}
    assert environment_differences(recorded, NOW) == [
        "stnctl not recorded -> 0.1.0",
        "python not recorded -> 3.11.2",
        "backend not recorded -> tensorflow",
        "threads True -> 2",
        "keras not recorded -> 3.15.0",
        "tensorflow not recorded -> 2.21.0",
        "cpu not recorded -> AMD EPYC",
        "machine not recorded -> x86_64",
    ]


@pytest.mark.parametrize(
    "name",
    [
        *("XLA_FLAGS", "MKL_NUM_THREADS", "MKL_CBWR", "ATEN_CPU_CAPABILITY"),
        *("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA"),
    ],
)
def test_describe_flags_variables(monkeypatch, name):
    monkeypatch.delenv(name, raising=False)
    assert describe_flags()[name] is None
    monkeypatch.setenv(name, "1")
    assert describe_flags()[name] == "1"


@pytest.mark.parametrize(
    ("text", "cpu", "has_features"),
    [
        ("model name\t: A B\nflags\t\t: sse avx\n\nmodel name\t: C\n", "A B", True),
        ("processor\t: 0\nFeatures\t: fp asimd\n\nprocessor\t: 1\n", None, True),
        ("", None, False),
        (None, None, False),
    ],
)
def test_describe_flags_processor(tmp_path, monkeypatch, text, cpu, has_features):
    path = tmp_path / "cpuinfo"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(environment, "_CPU_INFO", path)
    flags = describe_flags()
    assert flags["cpu"] == cpu
    assert (flags["cpu_features"] is not None) == has_features


def test_describe_flags_ignores_order_of_features(tmp_path, monkeypatch):
    path = tmp_path / "cpuinfo"
    monkeypatch.setattr(environment, "_CPU_INFO", path)
    hashes = []
    for features in ("sse avx", "avx sse", "avx sse fma"):
        path.write_text(f"flags : {features}\n", encoding="utf-8")
        hashes.append(describe_flags()["cpu_features"])
    assert hashes[0] == hashes[1] != hashes[2]


def test_environment_differences_of_json_roundtrip():
    environment = {
        **describe_environment(["numpy", "no-such-package"]),
        "backend": "tensorflow",
        "threads": 2,
        "flags": describe_flags(),
    }
    assert environment_differences(json.loads(json.dumps(environment)), environment) == []
