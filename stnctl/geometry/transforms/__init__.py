"""The families of transforms, one file each."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from stnctl.geometry.choice import choose
from stnctl.geometry.transforms.affine import Affine
from stnctl.geometry.transforms.attention import Attention
from stnctl.geometry.transforms.diffeomorphic_affine import DiffeomorphicAffine
from stnctl.geometry.transforms.flow import Flow
from stnctl.geometry.transforms.projective import Projective
from stnctl.geometry.transforms.rigid import Rigid
from stnctl.geometry.transforms.rotation import Rotation
from stnctl.geometry.transforms.scale_translation import ScaleTranslation
from stnctl.geometry.transforms.similarity import Similarity
from stnctl.geometry.transforms.thin_plate_spline import ThinPlateSpline
from stnctl.geometry.transforms.transform import MatrixTransform, Transform
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

_OPTIONS: dict[str, type[Transform]] = {"constraints": Affine, "control_points": ThinPlateSpline}
"""Argument of `make_transform` -> the family that takes it."""


def find_transform(transform: str | Transform) -> Transform:
    """Return the transform called so, or itself if it is one.

    Raises:
        ValueError: If there is none, naming those that there are.
    """
    if isinstance(transform, Transform):
        return transform
    return choose("transform", transform, TRANSFORMS)


def make_transform(
    name: str,
    *,
    constraints: Sequence[Sequence[float | None]] | None = None,
    control_points: Sequence[int] | None = None,
) -> Transform:
    """Return the transform called ``name``, made to measure; the same for the same arguments.

    Args:
        name: A key of `TRANSFORMS`.
        constraints: Of "affine": which entries are fixed, see `Affine`.
        control_points: Of "thin_plate_spline": their rows and columns.

    Raises:
        ValueError: If there is no such transform, it has no such argument, or the argument is none.
    """
    options = {"constraints": constraints, "control_points": control_points}
    given = {option: _frozen(value) for option, value in options.items() if value is not None}
    return _made(name, **given)


@cache
def _made(name: str, **options: Any) -> Transform:
    transform = find_transform(name)
    for option, value in options.items():
        if not isinstance(transform, _OPTIONS[option]):
            raise ValueError(f"{name} takes no {option}, got {value}")
    return type(transform)(**options) if options else transform


def _frozen(value: Any) -> Any:
    """Return lists, also within lists, as tuples, which a cache can look up."""
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value


__all__ = [
    "TRANSFORMS",
    "Affine",
    "Attention",
    "DiffeomorphicAffine",
    "Flow",
    "MatrixTransform",
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
