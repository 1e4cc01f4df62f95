"""Description of the environment of a run, and the differences between two environments.

The same configuration, seed and data give the same bits only with the same versions, backend,
number of threads, of processes and of devices, flags of the numeric libraries, C library and
processor model. The git revision,
the host name, the kernel and the number of processors make no difference.
"""

import hashlib
import os
import platform
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from stnctl import __version__
from stnctl.config.messages import shorten

BIT_VARIABLES = (
    "TF_ENABLE_ONEDNN_OPTS",
    "TF_DETERMINISTIC_OPS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "TF_XLA_FLAGS",
    "XLA_FLAGS",
    "JAX_PLATFORMS",
    "JAX_ENABLE_X64",
    "JAX_DEFAULT_MATMUL_PRECISION",
    "JAX_DEFAULT_PRNG_IMPL",
    "JAX_THREEFRY_PARTITIONABLE",
    "JAX_DISABLE_JIT",
    "ATEN_CPU_CAPABILITY",
    "ONEDNN_MAX_CPU_ISA",
    "DNNL_MAX_CPU_ISA",
    "ONEDNN_DEFAULT_FPMATH_MODE",
    "DNNL_DEFAULT_FPMATH_MODE",
    "MKL_NUM_THREADS",
    "MKL_DYNAMIC",
    "MKL_CBWR",
    "MKL_ENABLE_INSTRUCTIONS",
    "OMP_NUM_THREADS",
    "OMP_DYNAMIC",
    "OPENBLAS_NUM_THREADS",
    "OPENBLAS_CORETYPE",
    "NPY_DISABLE_CPU_FEATURES",
    "NVIDIA_TF32_OVERRIDE",
    "CUBLAS_WORKSPACE_CONFIG",
    "CUDA_VISIBLE_DEVICES",
)
"""Variables of the numeric libraries that change bits. Libraries read some under an older name."""

_CPU_INFO = Path("/proc/cpuinfo")
_MAX_TEXT = 1000
_MAX_SHOWN = 60
_NOT_RECORDED = "not recorded"


def describe_environment(packages: Sequence[str]) -> dict[str, Any]:
    """Return the versions and the machine, with None for unknown values. This never raises.

    Args:
        packages: Names of Python distributions. They need not be installed, and are not imported.

    Returns:
        The keys ``stnctl``, ``python``, ``platform``, ``cpu_count``, and ``packages``, a dict of
        name -> version.
    """
    return {
        "stnctl": __version__,
        "python": platform.python_version(),
        "platform": _recorded(platform.platform()),
        "cpu_count": os.cpu_count(),
        "packages": {name: _recorded(_version(name)) for name in packages},
    }


def describe_flags() -> dict[str, Any]:
    """Return the flags of the numeric libraries, C library and processor. This never raises.

    Beside the versions and the number of threads, these can change the bits of the results.

    Returns:
        The environment variables of the numeric libraries, None if unset, and the keys
        ``machine``, ``libc``, ``cpu`` (the processor model) and ``cpu_features`` (a hash of its
        instruction sets), None if unknown.
    """
    cpu = _describe_cpu()
    features = " ".join(sorted((cpu.get("flags") or cpu.get("Features") or "").split()))
    flags = {
        **{name: os.environ.get(name) for name in BIT_VARIABLES},
        "machine": platform.machine() or None,
        "libc": " ".join(platform.libc_ver()).strip() or None,
        "cpu": cpu.get("model name"),
        "cpu_features": _short_hash(features) if features else None,
    }
    return {name: _recorded(value) for name, value in flags.items()}


def environment_differences(recorded: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return the differences between two environments that can change the bits of the results.

    A flag that is unset now, and that an earlier version of stnctl did not record, is no
    difference.

    Args:
        recorded: ``environment`` of a run.json: the result of `describe_environment`, with
            ``backend``, ``threads`` and ``flags``. It is not trusted.
        now: The same for this process.

    Returns:
        One text for each difference, such as "keras 3.15.0 -> 3.15.1" or "threads not recorded ->
        2", in the order of ``now``.
    """
    before = _facts(recorded, now)
    return [
        f"{name} {_shown(before.get(name, _NOT_RECORDED))} -> {_shown(value)}"
        for name, value in _facts(now, now).items()
        if before.get(name) != value
    ]


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except (metadata.PackageNotFoundError, KeyError, ValueError):
        return None


def _recorded(value: Any) -> Any:
    """Return a value as it is recorded: a long text is shortened, with a hash of all of it."""
    if not isinstance(value, str) or len(value) <= _MAX_TEXT:
        return value
    return f"{value[: _MAX_TEXT - 40]}... (sha256 {_short_hash(value)})"


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]


def _describe_cpu() -> dict[str, str]:
    """Return the kernel's description of the first processor, empty if unknown."""
    try:
        first = _CPU_INFO.read_text("utf-8", errors="replace").split("\n\n")[0]
    except OSError:
        return {}
    pairs = (line.partition(":") for line in first.splitlines())
    return {key.strip(): value.strip() for key, _, value in pairs}


def _facts(environment: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of ``environment`` that change bits, under their names in ``now``."""
    facts = {
        name: environment[name]
        for name in ("stnctl", "python", "backend", "threads", "processes", "devices")
        if name in now and name in environment
    }
    for section in ("packages", "flags"):
        values = environment.get(section)
        if isinstance(values, Mapping):
            facts |= {
                name: _recorded(values[name]) for name in now.get(section, {}) if name in values
            }
    return facts


def _shown(value: Any) -> str:
    return "none" if value is None else shorten(str(value), _MAX_SHOWN)
