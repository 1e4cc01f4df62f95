import subprocess
import sys
from collections import OrderedDict

import pytest

from stnctl.registry import Registry

ORDERED = "collections:OrderedDict"


@pytest.fixture
def registry():
    return Registry("thing", {"dict": ORDERED, "names": "string:digits", "lost": "no_such:thing"})


def test_registry_names_need_no_import(registry):
    assert list(registry) == ["dict", "names", "lost"]
    assert len(registry) == 3
    assert "lost" in registry
    assert "found" not in registry
    assert repr(registry) == "Registry('thing': dict, names, lost)"


def test_getitem_preset(registry):
    """A class is instantiated once; any other object is itself."""
    assert registry["dict"] == OrderedDict()
    assert registry["dict"] is registry["dict"]
    assert registry["names"] == "0123456789"


def test_getitem_rejects(registry):
    with pytest.raises(KeyError, match="found"):
        registry["found"]
    with pytest.raises(ModuleNotFoundError, match="no_such"):
        registry["lost"]


def test_lookup_preset(registry):
    assert registry.lookup("names") is registry["names"]


@pytest.mark.parametrize("method", ["lookup", "check"])
def test_lookup_rejects(registry, method):
    with pytest.raises(ValueError, match=r"^thing must be one of dict, names, lost, got 'nams'$"):
        getattr(registry, method)("nams")


def test_check_needs_no_import(registry):
    registry.check("lost")


@pytest.mark.parametrize("module", ["stnctl.geometry", "stnctl.geometry.registries"])
def test_import_of_names_loads_no_numpy(module):
    """Not even where all names are listed."""
    script = f"import sys, {module} as module; dir(module); sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
