"""Architecture: layers of imports, late heavy imports, one loader of runs, one console."""

import ast
import json
import subprocess
import sys
from graphlib import TopologicalSorter

import numpy as np
import pytest
from PIL import Image

from tests.imports import Import, all_imports, modules, part, tree

LAYERS = (
    {"cli"},
    {"sweeps"},
    {"reports"},
    {"training"},
    {"inspection"},
    {"evaluation", "warping"},
    {"models"},
    {"data"},
    {"figures"},
    {"runs"},
    {"config"},
    {"storage"},
    {"geometry"},
    {"registry", "docstrings"},
    {"errors"},
    {"stnctl"},
)
"""Parts of the package, top first. A part imports itself and the layers below it."""

ENTRY_POINT = "__main__"
HEAVY = {"keras", "tensorflow", "jax", "torch"}
SLOW = {*HEAVY, "matplotlib", "PIL", "numpy", "rich", "yaml"}
IMPORTS = all_imports()
INNER = [item for item in IMPORTS if item.imported.split(".")[0] == "stnctl"]
OUTER = [item for item in IMPORTS if item not in INNER]


def level(name: str) -> int:
    return next(number for number, layer in enumerate(LAYERS) if part(name) in layer)


def is_allowed(item: Import) -> bool:
    if part(item.importer) == ENTRY_POINT:
        return part(item.imported) in ("cli", "errors")
    if item.importer == "stnctl":  # the public names, imported at their first use
        return item.when != "top"
    same = part(item.importer) == part(item.imported)
    return same or level(item.importer) < level(item.imported)


def library(item: Import) -> str:
    return item.imported.split(".")[0]


def test_all_imports_finds_each_kind_of_import():
    """It finds late imports, imports for types, and modules of packages."""
    found = {(item.importer, item.imported, item.when) for item in IMPORTS}
    assert ("stnctl.cli.app", "stnctl.cli.warp", "top") in found
    assert ("stnctl.cli.warp", "stnctl.data.image_files.image_io", "late") in found
    assert ("stnctl.figures.canvas", "matplotlib.figure", "typing") in found
    assert ("stnctl.figures.canvas", "matplotlib.figure", "late") in found
    assert ("stnctl.runs.environment", "stnctl", "top") in found


def test_layers_have_all_parts():
    parts = {part(name) for name in modules()} - {ENTRY_POINT}
    assert parts == set.union(*LAYERS)


def test_imports_only_go_down():
    assert [str(item) for item in INNER if not is_allowed(item)] == []


def test_imports_have_no_cycle():
    graph: dict[str, set[str]] = {name: set() for name in modules()}
    for item in INNER:
        if item.when == "top":
            graph[item.importer].add(item.imported)
    order = list(TopologicalSorter(graph).static_order())
    assert len(order) == len(graph)


def importers(name: str) -> set[str]:
    """Return the modules that import a name, as ``from module import name``."""
    return {
        module
        for module, path in modules().items()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and name in {alias.name for alias in node.names}
    }


def test_weights_of_a_run_are_assigned_in_one_place():
    """Only the run loader assigns a run's weights, and only the loop resumes a training."""
    assert importers("restore_weights") == {"stnctl.evaluation.run_loader"}
    assert importers("restore_training_state") == {
        "stnctl.training.loop",
        "stnctl.training.model_pool",  # new weights only
        "stnctl.training.restart",  # the same
    }
    assert importers("build_model") == {
        "stnctl.evaluation.run_export",  # the weights of a loaded model
        "stnctl.evaluation.run_loader",
        "stnctl.models.public",  # new weights only
        "stnctl.training.model_pool",
        "stnctl.training.restart",
        "stnctl.training.setup",
    }
    assert importers("load_trained_model") == {
        "stnctl.reports.live_report",  # of a run that this process trains
        "stnctl.sweeps.cell_training",  # the same
        "stnctl.training.execution",
    }
    assert importers("load_run_dataset") == {"stnctl.training.resume"}


def test_cli_does_not_import_parts_of_the_run_loader():
    parts = {
        "stnctl.evaluation.checkpoint_check",
        "stnctl.runs.checkpoint_reader",
        "stnctl.models.state",
        "stnctl.models.build",
    }
    found = [str(item) for item in INNER if part(item.importer) == "cli"]
    assert [text for text in found if any(name in text for name in parts)] == []


def test_file_names_are_unique():
    names = [path.name for path in modules().values() if path.name != "__init__.py"]
    assert {name for name in names if names.count(name) > 1} == set()


@pytest.mark.parametrize("name", ["cli", "config", "runs", "data", "inspection", "figures"])
def test_imports_of_a_backend_are_none(name):
    found = [str(item) for item in OUTER if part(item.importer) == name and library(item) in HEAVY]
    assert found == []


def test_imports_of_a_backend_in_geometry_are_late_and_in_one_place():
    found = [item for item in OUTER if part(item.importer) == "geometry" and library(item) in HEAVY]
    assert {item.importer for item in found} == {"stnctl.geometry.namespace"}
    assert {item.when for item in found} == {"late"}


def test_imports_of_tensorflow_are_late_and_in_models():
    found = [item for item in OUTER if library(item) == "tensorflow"]
    assert found
    assert {(part(item.importer), item.when) for item in found} == {("models", "late")}


def test_imports_of_matplotlib_are_late_and_in_figures():
    found = [item for item in OUTER if library(item) in ("matplotlib", "mpl_toolkits")]
    assert found
    assert {part(item.importer) for item in found} == {"figures"}
    assert {item.when for item in found} <= {"late", "typing"}


def test_texts_of_figures_are_written_in_one_place():
    """Only `stnctl.figures.text` calls the functions of matplotlib that write text."""
    names = {"text", "annotate", "suptitle", "legend", "set_title", "set_text", "set_ticklabels"}
    names |= {f"set_{axis}{part}" for axis in "xy" for part in ("label", "ticklabels")}
    found = {
        module
        for module, path in modules().items()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in names
        and part(module) == "figures"
    }
    assert found == {"stnctl.figures.text"}


def test_imports_of_typer_and_rich_are_in_cli():
    found = {part(item.importer) for item in OUTER if library(item) in ("typer", "rich", "click")}
    assert found == {"cli"}


def test_print_is_not_called():
    calls = [
        f"{name}:{node.lineno}"
        for name, path in modules().items()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "print"
    ]
    assert calls == []


@pytest.mark.parametrize("stream", ["sys.stdout.write", "sys.stderr.write"])
def test_only_console_and_streams_write(stream):
    writers = {
        name
        for name, path in modules().items()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == stream
    }
    assert writers <= {"stnctl.cli.console", "stnctl.cli.streams", "stnctl.__main__"}


def test_json_output_is_made_in_one_place():
    """The others make JSON for pydantic, for a hash, and to measure a length."""
    makers = {
        name
        for name, path in modules().items()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("json.dumps", "json.dump")
    }
    others = {
        "config.fingerprint",
        "config.load",
        "config.sweep_load",
        "data.run_signature",
        "runs.provenance",
        "training.loop_state",
    }
    assert makers == {"stnctl.storage.json_files", *(f"stnctl.{name}" for name in others)}


CHILD = """
import json, sys
from pathlib import Path
from stnctl.__main__ import main

report, *sys.argv = sys.argv[1:]
try:
    main()
except SystemExit as leave:
    assert not leave.code, leave.code
loaded = sorted(name for name, module in sys.modules.items() if module)
Path(report).write_text(json.dumps(loaded), encoding="utf-8")
"""


@pytest.fixture
def loaded_by(tmp_path):
    """Return a function that runs a program in a child process and returns its libraries."""

    def run(code, *arguments):
        report = tmp_path / "modules.json"
        done = subprocess.run(
            [sys.executable, "-c", code, str(report), *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return {name.split(".")[0] for name in json.loads(report.read_text(encoding="utf-8"))}

    return run


def test_help_loads_nothing_heavy(loaded_by):
    loaded = loaded_by(CHILD, "stnctl", "--help")
    assert "typer" in loaded
    assert loaded & {*SLOW, "pydantic"} == set()


@pytest.mark.parametrize("command", ["train", "warp"])
def test_help_of_a_command_loads_nothing_heavy(loaded_by, command):
    """Typer loads pydantic for a command, and nothing else of these."""
    assert loaded_by(CHILD, "stnctl", command, "--help") & SLOW == set()


def test_warp_loads_no_backend(loaded_by, tmp_path):
    Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8)).save(tmp_path / "u.png")
    theta = ["--theta", "0.7", "-0.7", "0", "0.7", "0.7", "0"]
    loaded = loaded_by(CHILD, "stnctl", "warp", "u.png", *theta)
    assert (tmp_path / "u-warped.png").is_file()
    assert "numpy" in loaded
    assert loaded & {*HEAVY, "matplotlib"} == set()


def test_models_and_dry_run_load_no_backend(loaded_by, tmp_path):
    """They print the trace of a network, with its memory."""
    (tmp_path / "c.yaml").write_text(
        "data: {source: digits}\nmodel: {transformer: {}}\n", encoding="utf-8"
    )
    for arguments in (["models"], ["train", "c.yaml", "--dry-run"]):
        loaded = loaded_by(CHILD, "stnctl", *arguments)
        assert "numpy" in loaded
        assert loaded & {*HEAVY, "matplotlib"} == set()


IMPORT = """
import importlib, json, sys
from pathlib import Path

importlib.import_module(sys.argv[2])
Path(sys.argv[1]).write_text(json.dumps(sorted(sys.modules)), encoding="utf-8")
"""


@pytest.mark.parametrize(
    "module",
    [
        "stnctl.training.setup",
        "stnctl.training.callbacks",
        "stnctl.evaluation.run_loader",
        "stnctl.cli.loading",
        "stnctl.figures.example_grids",
    ],
)
def test_import_is_light(loaded_by, module):
    """Commands import these modules before all arguments and files are checked."""
    assert loaded_by(IMPORT, module) & {*HEAVY, "matplotlib"} == set()
