"""The families of transforms, one file each."""

from stnctl.geometry.transforms.affine import Affine
from stnctl.geometry.transforms.base import Transform

TRANSFORMS: dict[str, Transform] = {"affine": Affine()}

__all__ = ["TRANSFORMS", "Affine", "Transform"]
