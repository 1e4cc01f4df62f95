"""Registries of the transforms, interpolations and paddings by name, readable without NumPy.

To add a member, write its module and one line here. The schema, the command line, the docs and the
tests read these dicts.
"""

from typing import TYPE_CHECKING

from stnctl.registry import Registry

if TYPE_CHECKING:
    from stnctl.geometry.interpolation.taps import Interpolation
    from stnctl.geometry.padding import Locate
    from stnctl.geometry.transforms.transform import Transform

TRANSFORMS: "Registry[Transform]" = Registry(
    "transform",
    {
        "translation": "stnctl.geometry.transforms.translation:Translation",
        "rotation": "stnctl.geometry.transforms.rotation:Rotation",
        "rigid": "stnctl.geometry.transforms.rigid:Rigid",
        "similarity": "stnctl.geometry.transforms.similarity:Similarity",
        "attention": "stnctl.geometry.transforms.attention:Attention",
        "scale_translation": "stnctl.geometry.transforms.scale_translation:ScaleTranslation",
        "affine": "stnctl.geometry.transforms.affine:Affine",
        "projective": "stnctl.geometry.transforms.projective:Projective",
        "thin_plate_spline": "stnctl.geometry.transforms.thin_plate_spline:ThinPlateSpline",
        "diffeomorphic_affine": (
            "stnctl.geometry.transforms.diffeomorphic_affine:DiffeomorphicAffine"
        ),
        "flow": "stnctl.geometry.transforms.flow:Flow",
    },
)

NOT_REGRESSED = ("flow",)
"""Transforms whose theta no network regresses: `flow` has two parameters for each pixel of V."""

REGRESSED_TRANSFORMS = tuple(name for name in TRANSFORMS if name not in NOT_REGRESSED)

MAX_CONTROL_POINTS = 32
"""Largest number of rows or columns of control points that a config or an option takes."""

INTERPOLATIONS: "Registry[Interpolation]" = Registry(
    "interpolation",
    {
        "nearest": "stnctl.geometry.interpolation.nearest:Nearest",
        "bilinear": "stnctl.geometry.interpolation.bilinear:Bilinear",
        "bicubic": "stnctl.geometry.interpolation.bicubic:Bicubic",
        "quadratic": "stnctl.geometry.interpolation.spline:QUADRATIC",
        "cubic": "stnctl.geometry.interpolation.spline:CUBIC",
        "area": "stnctl.geometry.interpolation.area:Area",
    },
)

PADDINGS: "Registry[Locate]" = Registry(
    "padding",
    {
        "zeros": "stnctl.geometry.padding:inside_only",
        "border": "stnctl.geometry.padding:nearest_edge",
        "reflection": "stnctl.geometry.padding:reflected",
        "value": "stnctl.geometry.padding:inside_only",
    },
)
