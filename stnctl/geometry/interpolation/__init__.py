"""The ways to read between pixels, one file each."""

from stnctl.geometry.interpolation.area import Area
from stnctl.geometry.interpolation.bicubic import Bicubic
from stnctl.geometry.interpolation.bilinear import Bilinear
from stnctl.geometry.interpolation.nearest import Nearest
from stnctl.geometry.interpolation.spline import BSpline
from stnctl.geometry.interpolation.taps import Interpolation

INTERPOLATIONS: dict[str, Interpolation] = {
    "nearest": Nearest(),
    "bilinear": Bilinear(),
    "bicubic": Bicubic(),
    "quadratic": BSpline(2),
    "cubic": BSpline(3),
    "area": Area(),
}

__all__ = ["INTERPOLATIONS", "Area", "BSpline", "Bicubic", "Bilinear", "Interpolation", "Nearest"]
