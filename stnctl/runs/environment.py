"""Whether a run goes on under the conditions that its bits depend on.

The same configuration, seed and data give the same bits only with the same versions, backend,
threads, switches of the numeric libraries, C library and kind of processor. Where the code comes
from (git), the name of the host, its kernel and its number of processors do not count.
"""

import hashlib
import os
import platform
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from stnctl import __version__

_VARIABLES = (
    "TF_ENABLE_ONEDNN_OPTS",
    "TF_DETERMINISTIC_OPS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "TF_XLA_FLAGS",
    "XLA_FLAGS",
    "ONEDNN_MAX_CPU_ISA",
    "NVIDIA_TF32_OVERRIDE",
    "CUDA_VISIBLE_DEVICES",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "NPY_DISABLE_CPU_FEATURES",
)
_CPU_INFO = Path("/proc/cpuinfo")
_SHOWN = 60
_NOT_RECORDED = "not recorded"


def describe_flags() -> dict[str, Any]:
    """Return what bits depend on beside versions and threads. It never fails.

    Returns:
        Environment variables of the numeric libraries (None where unset), and ``machine``,
        ``libc``, ``cpu`` (its model) and ``cpu_features`` (a hash of its instruction sets), each
        None where it can't be told.
    """
    cpu = _describe_cpu()
    features = " ".join(sorted((cpu.get("flags") or cpu.get("Features") or "").split()))
    return {
        **{name: os.environ.get(name) for name in _VARIABLES},
        "machine": platform.machine() or None,
        "libc": " ".join(platform.libc_ver()).strip() or None,
        "cpu": cpu.get("model name"),
        "cpu_features": hashlib.sha256(features.encode()).hexdigest()[:16] if features else None,
    }


def environment_differences(recorded: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return in what two environments differ that bits depend on, or nothing.

    Args:
        recorded: ``environment`` of a run.json: what `describe_environment` said, with
            ``backend``, ``threads`` and ``flags``. Nothing in it is trusted.
        now: The same of the present process.

    Returns:
        Texts such as "keras 3.15.0 -> 3.15.1" and "threads not recorded -> 2", in the order of
        ``now``, which says what counts.
    """
    before = _facts(recorded, now)
    return [
        f"{name} {_shown(before.get(name, _NOT_RECORDED))} -> {_shown(value)}"
        for name, value in _facts(now, now).items()
        if name not in before or before[name] != value
    ]


def _facts(environment: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Return those facts of ``environment`` that count, by the names that they have ``now``."""
    facts = {
        name: environment[name]
        for name in ("stnctl", "python", "backend", "threads")
        if name in now and name in environment
    }
    for section in ("packages", "flags"):
        values = environment.get(section)
        if isinstance(values, Mapping):
            facts |= {name: values[name] for name in now.get(section, {}) if name in values}
    return facts


def _shown(value: Any) -> str:
    text = "none" if value is None else str(value)
    return (text if text.isprintable() else ascii(text))[:_SHOWN]


def _describe_cpu() -> dict[str, str]:
    """Return what the kernel says of the first processor, or nothing."""
    try:
        first = _CPU_INFO.read_text("utf-8", errors="replace").split("\n\n")[0]
    except OSError:
        return {}
    pairs = (line.partition(":") for line in first.splitlines())
    return {key.strip(): value.strip() for key, _, value in pairs}


_SECONDS = 2.0


def describe_git() -> dict[str, Any] | None:
    """Return ``revision`` and ``dirty`` of the current folder, or None outside a work tree."""
    revision = _git("rev-parse", "HEAD")
    status = _git("status", "--porcelain", "--untracked-files=no")
    if revision is None or status is None:
        return None
    return {"revision": revision.strip(), "dirty": bool(status)}


def _git(*arguments: str) -> str | None:
    """Return what git prints in the current folder, or None. It starts no helper of the folder."""
    program = shutil.which("git")
    if program is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603, all arguments are our own
            [program, "--no-optional-locks", "-c", "core.fsmonitor=false", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            encoding="utf-8",
            errors="replace",
            timeout=_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout


def describe_environment(packages: Sequence[str]) -> dict[str, Any]:
    """Return the versions and the machine. It never fails: what can't be told is None.

    Args:
        packages: Distributions to tell the versions of. None of them is imported.

    Returns:
        ``stnctl``, ``python``, ``platform``, ``cpu_count``, and ``packages`` (name to version).
    """
    return {
        "stnctl": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cpu_count": os.cpu_count(),
        "packages": {name: _version(name) for name in packages},
    }


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except (metadata.PackageNotFoundError, KeyError, ValueError):
        return None
