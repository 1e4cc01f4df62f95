"""An experiment runner for Spatial Transformer Networks (Jaderberg et al. 2015).

The public names are imported at first use, so that ``import stnctl`` loads neither NumPy nor Keras.
"""

TYPE_CHECKING = False  # type checkers read it as true; the module `typing` loads slowly
if TYPE_CHECKING:
    from typing import Any

    from stnctl.evaluation.run_loader import load_run as load_run
    from stnctl.geometry.warp_map import warp as warp
    from stnctl.models.public import build_network as build_network
    from stnctl.models.spatial_transformer import SpatialTransformer as SpatialTransformer
    from stnctl.models.theta_heads import theta_head as theta_head

__version__ = "0.1.0"

_PUBLIC = {
    "SpatialTransformer": "stnctl.models.spatial_transformer",
    "build_network": "stnctl.models.public",
    "load_run": "stnctl.evaluation.run_loader",
    "theta_head": "stnctl.models.theta_heads",
    "warp": "stnctl.geometry.warp_map",
}
"""Public name -> its module."""


def __getattr__(name: str) -> "Any":
    from importlib import import_module

    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_PUBLIC])
