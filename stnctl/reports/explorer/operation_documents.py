"""JSON of the operations of a network, as the page of the explorer runs them.

`OPERATIONS` is the only list of the operations that the page knows.
"""

from typing import Any

from stnctl.models.layers.activation import Activate
from stnctl.models.layers.batch_norm import Normalization
from stnctl.models.layers.conv import Convolution
from stnctl.models.layers.coords import CoordinateChannels
from stnctl.models.layers.dense import FullyConnected
from stnctl.models.layers.dropout import Dropping
from stnctl.models.layers.flatten import Flattening
from stnctl.models.layers.parallel import Join
from stnctl.models.layers.pool import GlobalAverage, Pooling
from stnctl.models.layers.residual import Sum
from stnctl.models.operation import Operation
from stnctl.models.polar_operations import Centroid, CyclicPadding, LogPolarMap
from stnctl.models.sampling_operation import Sampling
from stnctl.models.theta_operations import Bounded, Composition, Noise, ThetaDense, UnitAngle

OPERATIONS: dict[type[Operation], tuple[str, tuple[str, ...]]] = {
    Convolution: ("conv", ("kernel_size", "stride", "padding")),
    Pooling: ("pool", ("kind", "size")),
    GlobalAverage: ("globalAverage", ()),
    FullyConnected: ("dense", ("activation",)),
    ThetaDense: ("dense", ("activation",)),
    Normalization: ("scale", ()),
    Activate: ("activation", ("function",)),
    Flattening: ("flatten", ()),
    CoordinateChannels: ("coordinates", ()),
    Join: ("join", ()),
    Sum: ("sum", ()),
    Dropping: ("identity", ()),
    Noise: ("identity", ()),
    LogPolarMap: ("logPolar", ("angles", "radii")),
    CyclicPadding: ("cyclicPadding", ("width",)),
    Centroid: ("centroid", ()),
    Bounded: ("bounded", ("identity", "bounds")),
    UnitAngle: ("unitAngle", ("position",)),
    Composition: (
        "composition",
        ("outer", "inner", "outer_constraints", "inner_constraints", "result"),
    ),
    Sampling: (
        "sampling",
        (
            "transform",
            "constraints",
            "control_points",
            "interpolation",
            "padding",
            "fill_value",
            "align_corners",
        ),
    ),
}
"""Class of an operation -> its name in the page, and the attributes that the page reads."""


def operation_document(operation: Operation) -> dict[str, Any]:
    """Return the JSON of an operation: ``op``, its name in the page, and its attributes.

    Names are in camel case. An operation that the page does not know has only ``op: "unknown"``.
    """
    op, names = OPERATIONS.get(type(operation), ("unknown", ()))
    return {"op": op} | {_camel_case(name): getattr(operation, name) for name in names}


def missing_in_page(operation: Operation) -> str | None:
    """Return an operation that the page can't compute, in words; None if it can."""
    known = type(operation) in OPERATIONS
    return None if known else f"the operation {type(operation).__name__}"


def _camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
