"""Transforms, sampling grids and the sampler, as pure functions on arrays.

The same code runs on NumPy arrays and on Keras tensors, in the dtype of the inputs. The notation
follows Jaderberg et al. 2015, "Spatial Transformer Networks", arXiv:1506.02025.

Each public name is imported at its first use, so that an import of this package loads no NumPy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stnctl.geometry.bounds import bounded as bounded
    from stnctl.geometry.composition import compose as compose
    from stnctl.geometry.interpolation.taps import Interpolation as Interpolation
    from stnctl.geometry.registries import INTERPOLATIONS as INTERPOLATIONS
    from stnctl.geometry.registries import PADDINGS as PADDINGS
    from stnctl.geometry.registries import TRANSFORMS as TRANSFORMS
    from stnctl.geometry.sampler import Sampler as Sampler
    from stnctl.geometry.sampler import make_sampler as make_sampler
    from stnctl.geometry.sampler import sample as sample
    from stnctl.geometry.transforms.make import find_transform as find_transform
    from stnctl.geometry.transforms.make import make_transform as make_transform
    from stnctl.geometry.transforms.transform import Transform as Transform
    from stnctl.geometry.warp_map import warp as warp

_MODULES = {
    "INTERPOLATIONS": "registries",
    "PADDINGS": "registries",
    "TRANSFORMS": "registries",
    "Interpolation": "interpolation.taps",
    "Sampler": "sampler",
    "Transform": "transforms.transform",
    "bounded": "bounds",
    "compose": "composition",
    "find_transform": "transforms.make",
    "make_sampler": "sampler",
    "make_transform": "transforms.make",
    "sample": "sampler",
    "warp": "warp_map",
}
"""Public name -> module. No module has the name of a public name: the module would hide it."""

__all__ = list(_MODULES)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_MODULES])
