"""The families of transforms, one file each."""

from stnctl.geometry.transforms.affine import Affine
from stnctl.geometry.transforms.base import Transform

TRANSFORMS: dict[str, Transform] = {"affine": Affine()}


def find_transform(name: str) -> Transform:
    """Return the transform called ``name``.

    Raises:
        ValueError: If there is none, naming those that there are.
    """
    if name not in TRANSFORMS:
        raise ValueError(f"transform must be one of {', '.join(TRANSFORMS)}, got {name!r}")
    return TRANSFORMS[name]


__all__ = ["TRANSFORMS", "Affine", "Transform", "find_transform"]
