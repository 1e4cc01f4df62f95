"""One warp, everywhere: transforms, grids and the sampler, as pure functions on arrays.

The same code runs on NumPy arrays and on Keras tensors, in the dtype of its inputs. Notation
follows Jaderberg et al. 2015, "Spatial Transformer Networks", arXiv:1506.02025.
"""

from stnctl.geometry.sampler import INTERPOLATIONS, PADDINGS, sample
from stnctl.geometry.transforms import TRANSFORMS, Transform, find_transform
from stnctl.geometry.warp import warp

__all__ = [
    "INTERPOLATIONS",
    "PADDINGS",
    "TRANSFORMS",
    "Transform",
    "find_transform",
    "sample",
    "warp",
]
