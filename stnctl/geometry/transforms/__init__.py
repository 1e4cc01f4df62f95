"""The families of transforms, one file each."""

from functools import cache

from stnctl.geometry.choice import choose
from stnctl.geometry.transforms.affine import Affine
from stnctl.geometry.transforms.attention import Attention
from stnctl.geometry.transforms.base import Transform
from stnctl.geometry.transforms.constraints import Constraints
from stnctl.geometry.transforms.diffeomorphic_affine import DiffeomorphicAffine
from stnctl.geometry.transforms.flow import Flow
from stnctl.geometry.transforms.projective import Projective
from stnctl.geometry.transforms.rigid import Rigid
from stnctl.geometry.transforms.rotation import Rotation
from stnctl.geometry.transforms.scale_translation import ScaleTranslation
from stnctl.geometry.transforms.similarity import Similarity
from stnctl.geometry.transforms.thin_plate_spline import ThinPlateSpline
from stnctl.geometry.transforms.translation import Translation

TRANSFORMS: dict[str, Transform] = {
    "translation": Translation(),
    "rotation": Rotation(),
    "rigid": Rigid(),
    "similarity": Similarity(),
    "attention": Attention(),
    "scale_translation": ScaleTranslation(),
    "affine": Affine(),
    "projective": Projective(),
    "thin_plate_spline": ThinPlateSpline(),
    "diffeomorphic_affine": DiffeomorphicAffine(),
    "flow": Flow(),
}


def find_transform(transform: str | Transform) -> Transform:
    """Return the transform called so, or itself if it is one.

    Raises:
        ValueError: If there is none, naming those that there are.
    """
    if isinstance(transform, Transform):
        return transform
    return choose("transform", transform, TRANSFORMS)


@cache
def make_transform(
    name: str,
    *,
    constraints: Constraints | None = None,
    control_points: tuple[int, int] | None = None,
) -> Transform:
    """Return the transform called ``name``, made to measure; the same for the same arguments.

    Args:
        name: A key of `TRANSFORMS`.
        constraints: Of "affine": which entries are fixed, see `Affine`.
        control_points: Of "thin_plate_spline": their rows and columns.

    Raises:
        ValueError: If there is no such transform, or it has no such argument.
    """
    transform = find_transform(name)
    for option, value in {"constraints": constraints, "control_points": control_points}.items():
        if value is not None and not hasattr(transform, option):
            raise ValueError(f"{name} takes no {option}, got {value}")
    if constraints is not None:
        return Affine(constraints)
    return ThinPlateSpline(control_points) if control_points is not None else transform


__all__ = [
    "TRANSFORMS",
    "Affine",
    "Attention",
    "DiffeomorphicAffine",
    "Flow",
    "Projective",
    "Rigid",
    "Rotation",
    "ScaleTranslation",
    "Similarity",
    "ThinPlateSpline",
    "Transform",
    "Translation",
    "find_transform",
    "make_transform",
]
