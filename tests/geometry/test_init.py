import subprocess
import sys
from pkgutil import iter_modules

import numpy as np
import pytest

from stnctl import geometry
from stnctl.geometry import TRANSFORMS, warp


def test_all_preset():
    assert len(set(geometry.__all__)) == len(geometry.__all__)
    assert all(hasattr(geometry, name) for name in geometry.__all__)
    assert set(geometry.__all__) <= set(dir(geometry))


def test_names_are_not_hidden_by_modules():
    """The import of a module sets an attribute of the package, which would hide the name."""
    assert not set(geometry.__all__) & {name for _, name, _ in iter_modules(geometry.__path__)}


def test_getattr_rejects_unknown_names():
    with pytest.raises(
        AttributeError, match=r"module 'stnctl\.geometry' has no attribute 'sampel'"
    ):
        _ = geometry.sampel


def test_import_preset_without_keras():
    """A warp on NumPy loads neither Keras nor a backend."""
    script = (
        "import sys, numpy as np\n"
        "from stnctl.geometry import warp\n"
        "warp(np.zeros((1, 3, 3, 1)), np.array([[1.0, 0, 0, 0, 1, 0]]))\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))\n"
    )
    child = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8")
    assert child.returncode == 0, child.stderr
    assert "numpy" in child.stdout.split()
    assert not {"keras", "tensorflow", "jax", "torch"} & set(child.stdout.split())


@pytest.mark.parametrize("name", TRANSFORMS)
@pytest.mark.parametrize("align_corners", [True, False])
def test_transforms_identity(name, align_corners):
    identity = TRANSFORMS[name].identity()
    assert identity.shape == (TRANSFORMS[name].num_params,)
    assert all(np.isfinite(list(TRANSFORMS[name].describe(identity, (5, 8)).values())))
    U = np.random.default_rng(0).normal(size=(1, 5, 8, 2))
    V = warp(U, identity[None], transform=name, align_corners=align_corners)
    np.testing.assert_array_equal(V, U)
