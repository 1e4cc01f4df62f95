"""Error curves of a run that `stnctl eval --sweep` measured."""

from dataclasses import dataclass
from typing import Any, TypeGuard

from stnctl.errors import StnctlError
from stnctl.figures.curve import Curve, curves_svg
from stnctl.runs.directory import RunDirectory
from stnctl.storage.json_files import read_json

_MOST_FILES, _MOST_VALUES, _MOST_RUNS = 12, 400, 12


@dataclass(frozen=True)
class RobustnessChart:
    """Chart of error curves.

    Attributes:
        title: Heading.
        svg: The curves of all runs of the sweep.
    """

    title: str
    svg: str


def robustness_charts(run: RunDirectory, prefix: str) -> list[RobustnessChart]:
    """Return the charts of the sweeps in the folder of evaluations, at most 12.

    Files that are no report of a sweep are left out.

    Args:
        run: The run.
        prefix: Start of the ids, see `stnctl.figures.canvas.svg`.
    """
    charts = []
    for number, path in enumerate(sorted(run.eval.glob("sweep-*.json"))[:_MOST_FILES]):
        try:
            document = read_json(path)
        except StnctlError:
            continue
        if _is_sweep(document):
            charts.append(_chart(document, f"{prefix}-sweep{number}"))
    return charts


def _chart(document: dict[str, Any], prefix: str) -> RobustnessChart:
    name, unit = document["sweep"], document["unit"]
    curves = [Curve(each["run"], each["error_percent"]) for each in document["runs"]]
    chart = curves_svg(document["values"], curves, name=name, unit=unit, prefix=prefix)
    return RobustnessChart(f"Error by {name.replace('_', ' ')} ({document['split']})", chart)


def _is_sweep(document: dict[str, Any]) -> bool:
    values, runs = document.get("values"), document.get("runs")
    texts = all(isinstance(document.get(key), str) for key in ("sweep", "unit", "split"))
    if not (texts and _are_numbers(values) and isinstance(runs, list)):
        return False
    return 0 < len(runs) <= _MOST_RUNS and all(_is_curve(each, len(values)) for each in runs)


def _is_curve(value: Any, count: int) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("run"), str)
        and _are_numbers(errors := value.get("error_percent"))
        and len(errors) == count
    )


def _are_numbers(value: Any) -> TypeGuard[list[float]]:
    return (
        isinstance(value, list)
        and 0 < len(value) <= _MOST_VALUES
        and all(type(each) in (int, float) and abs(each) < 1e9 for each in value)
    )
