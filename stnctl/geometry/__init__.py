"""One warp, everywhere: transforms, grids and the sampler, as pure functions on arrays.

The same code runs on NumPy arrays and on Keras tensors, in the dtype of its inputs. Notation
follows Jaderberg et al. 2015, "Spatial Transformer Networks", arXiv:1506.02025.
"""

from stnctl.geometry.bounded import bounded
from stnctl.geometry.compose import compose
from stnctl.geometry.interpolation import INTERPOLATIONS, Interpolation
from stnctl.geometry.padding import PADDINGS
from stnctl.geometry.sampler import Sampler, make_sampler, sample
from stnctl.geometry.transforms import TRANSFORMS, Transform, find_transform, make_transform
from stnctl.geometry.warp_map import warp

__all__ = [
    "INTERPOLATIONS",
    "PADDINGS",
    "TRANSFORMS",
    "Interpolation",
    "Sampler",
    "Transform",
    "bounded",
    "compose",
    "find_transform",
    "make_sampler",
    "make_transform",
    "sample",
    "warp",
]
