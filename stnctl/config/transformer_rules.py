"""Rules between the keys of a transformer, as validators of its fields.

Each takes the value of a field, and the fields before it in ``info.data``, which lacks wrong ones.
"""

from typing import Any

from pydantic import ValidationInfo

from stnctl.config.localizer_sections import ANGLE, UNIT, PolarLocalizer, default_head
from stnctl.geometry.registries import REGRESSED_TRANSFORMS, TRANSFORMS


def check_head(value: Any, info: ValidationInfo) -> Any:
    """Return a head that fits the localization network.

    Raises:
        ValueError: If it is not that of the network `polar`.
    """
    if isinstance(info.data.get("localization"), PolarLocalizer) and value not in (None, UNIT):
        raise ValueError(f"expected {UNIT} or null for the network polar, got {value}")
    return value


def check_bounds(value: Any, info: ValidationInfo) -> Any:
    """Return bounds.

    Raises:
        ValueError: If the head has none.
    """
    return _only_with("head", "bounded", value, info)


def check_transform(value: Any, info: ValidationInfo) -> Any:
    """Return a transform that fits the head.

    Raises:
        ValueError: If the head regresses an angle, but the transform has none.
    """
    if not {"localization", "head"} <= info.data.keys():
        return value
    given, localization = info.data["head"], info.data["localization"]
    head = given or default_head(localization)
    if head == UNIT and ANGLE not in TRANSFORMS[value].parameters:
        *known, last = (
            name for name in REGRESSED_TRANSFORMS if ANGLE in TRANSFORMS[name].parameters
        )
        source = "" if given else f", that of the network {localization.network},"
        raise ValueError(
            f"the head {UNIT}{source} regresses an angle: expected the transform "
            f"{', '.join(known)} or {last}, got {value}"
        )
    return value


def check_constraints(value: Any, info: ValidationInfo) -> Any:
    """Return constraints of the affine matrix.

    Raises:
        ValueError: If no entry is free, or the transform has no constraints.
    """
    if value is not None and all(None not in row for row in value):
        raise ValueError("all entries are fixed: expected at least one null (regressed)")
    return _only_with("transform", "affine", value, info)


def check_control_points(value: Any, info: ValidationInfo) -> Any:
    """Return a lattice of control points.

    Raises:
        ValueError: If the transform has none.
    """
    return _only_with("transform", "thin_plate_spline", value, info)


def check_steps(value: Any, info: ValidationInfo) -> Any:
    """Return the number of steps.

    Raises:
        ValueError: If there are several, and the transform is no matrix.
    """
    transform = info.data.get("transform")
    if value > 1 and transform is not None and not hasattr(TRANSFORMS[transform], "matrix"):
        raise ValueError(
            f"expected 1 for the transform {transform}, which can't be composed, got {value}"
        )
    return value


def _only_with(key: str, choice: str, value: Any, info: ValidationInfo) -> Any:
    """Return the value of a field that is allowed only if ``key`` has the value ``choice``."""
    if value is not None and key in info.data and info.data[key] != choice:
        raise ValueError(
            f"belongs to the {key} {choice}, but the {key} is {info.data[key] or 'null'}: set "
            f"{key}: {choice}, or leave {info.field_name} null"
        )
    return value
