"""Transforms by name, with the options of their family."""

from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from stnctl.geometry.registries import TRANSFORMS
from stnctl.geometry.transforms.transform import Transform


def find_transform(transform: str | Transform) -> Transform:
    """Return the transform with a name; return a given `Transform` unchanged.

    Raises:
        ValueError: If the name is unknown. The message lists the names.
    """
    return transform if isinstance(transform, Transform) else TRANSFORMS.lookup(transform)


def make_transform(name: str, **options: Any) -> Transform:
    """Return the transform with a name and options. Equal arguments give the same object.

    Args:
        name: A key of `TRANSFORMS`.
        **options: Fields of the family's dataclass, such as ``constraints`` of "affine" and
            ``control_points`` of "thin_plate_spline". A list counts as a tuple, and None as the
            default.

    Raises:
        ValueError: If the name is unknown, the family has no such option, or a value is not valid.
    """
    transform = find_transform(name)
    given = {option: _as_tuples(value) for option, value in options.items() if value is not None}
    known: list[str] = []
    if is_dataclass(transform):
        known = [field.name for field in fields(transform)]
    for option, value in given.items():
        if option not in known:
            raise ValueError(f"{name} takes no {option}, got {value}")
    return _shared(type(transform)(**given)) if given else transform


@cache
def _shared(transform: Transform) -> Transform:
    """Return the first transform that is equal to ``transform``."""
    return transform


def _as_tuples(value: Any) -> Any:
    """Return lists, also nested ones, as tuples, which are hashable; other values unchanged."""
    return tuple(map(_as_tuples, value)) if isinstance(value, list | tuple) else value
