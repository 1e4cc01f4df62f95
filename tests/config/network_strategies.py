"""Any valid section `model`, for property tests."""

from typing import Any

from hypothesis import strategies as st

from stnctl.config import classifier_sections, layer_sections, localizer_sections
from stnctl.config.choices import ACTIVATIONS, HEADS, LOCALIZERS_OF_STEPS, PADDED, POOLS
from stnctl.config.layer_lists import Parallel, Residual, TransformerConfig
from stnctl.config.localizer_sections import ANGLE, UNIT, PolarLocalizer, default_head
from stnctl.config.model_section import ModelConfig
from stnctl.geometry import INTERPOLATIONS, PADDINGS, TRANSFORMS
from stnctl.geometry.registries import REGRESSED_TRANSFORMS
from stnctl.geometry.transforms.transform import MatrixTransform

numbers = st.floats(-1e6, 1e6)
sizes = st.integers(1, 4096)
sides = st.integers(1, 31)
factors = st.integers(1, 64)
counts = st.integers(1, 16)
rates = st.floats(0, 1, exclude_max=True)
penalties = st.floats(0, allow_infinity=False)
activations = st.sampled_from(ACTIVATIONS)
filters = st.lists(sizes, max_size=12).map(tuple)
pairs = st.tuples(sizes, sizes)

bottlenecks = st.builds(
    localizer_sections.BottleneckConfig,
    units=sizes,
    activation=activations,
    activity_l2=penalties,
)
_articles = {"filters": filters, "kernel_size": sides, "activation": activations}
localizers: dict[str, dict[str, Any]] = {
    "article": {**_articles, "bottleneck": st.none() | bottlenecks},
    "article_naive": {**_articles, "bottleneck": st.none() | bottlenecks},
    "paper_fcn": {"units": filters, "activation": activations},
    "paper_cnn": {**_articles, "units": sizes},
    "compact": {"filters": filters, "units": sizes},
    "polar": {
        "angles": st.integers(8, 512),
        "radii": st.integers(4, 256),
        "filters": filters.filter(bool),
        "activation": activations,
    },
}
"""Named localization network -> strategies of its keys."""

named_localizers = st.sampled_from(list(localizers)).flatmap(
    lambda name: st.builds(localizer_sections.LOCALIZERS[name], pool=factors, **localizers[name])
)
simple_layers = st.one_of(
    st.builds(
        layer_sections.Conv,
        filters=sizes,
        kernel_size=sides,
        stride=factors,
        padding=st.sampled_from(PADDED),
        activation=activations,
        batch_norm=st.booleans(),
        bias=st.booleans(),
    ),
    st.builds(layer_sections.Pool, kind=st.sampled_from(POOLS), size=factors),
    st.builds(layer_sections.Dense, units=sizes, activation=activations, activity_l2=penalties),
    st.just(layer_sections.Flatten()),
    st.builds(layer_sections.Dropout, rate=rates),
    st.just(layer_sections.BatchNorm()),
    st.builds(layer_sections.ActivationLayer, activation=activations),
    st.just(layer_sections.Coords()),
)


def lists(layers: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    """Return a strategy of lists of layers."""
    return st.lists(layers, max_size=4).map(tuple)


def nested(layers: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return a strategy of the layers that contain others."""
    branches = st.lists(lists(layers), min_size=1, max_size=3).map(tuple)
    return st.builds(Residual, layers=lists(layers)) | st.builds(Parallel, branches=branches)


local_layers = st.recursive(simple_layers, nested, max_leaves=4)
localizations = named_localizers | lists(local_layers)
rows = st.tuples(*[st.none() | numbers] * 3)
constraints = st.tuples(rows, rows).filter(lambda pair: None in sum(pair, ()))


@st.composite
def transformers(draw: st.DrawFn) -> TransformerConfig:
    """Return any transformer."""
    localization = draw(localizations)
    polar = isinstance(localization, PolarLocalizer)
    head = draw(st.sampled_from([None, UNIT] if polar else [None, *HEADS]))
    effective = head or default_head(localization)
    families = [
        name
        for name in REGRESSED_TRANSFORMS
        if effective != UNIT or ANGLE in TRANSFORMS[name].parameters
    ]
    keys: dict[str, Any] = {"transform": draw(st.sampled_from(families))}
    if head == "bounded":
        bounds = st.lists(st.tuples(numbers, numbers), max_size=6).map(tuple)
        keys["bounds"] = draw(st.none() | bounds)
    if keys["transform"] == "affine":
        keys["constraints"] = draw(st.none() | constraints)
    if keys["transform"] == "thin_plate_spline":
        lattices = st.tuples(st.integers(2, 32), st.integers(2, 32))
        keys["control_points"] = draw(st.none() | lattices)
    if isinstance(TRANSFORMS[keys["transform"]], MatrixTransform):
        keys["steps"] = draw(counts)
    return TransformerConfig(
        localization=localization,
        head=head,
        output_size=draw(st.none() | pairs),
        interpolation=draw(st.sampled_from(list(INTERPOLATIONS))),
        padding=draw(st.sampled_from(list(PADDINGS))),
        fill_value=draw(numbers),
        align_corners=draw(st.booleans()),
        pool=draw(factors),
        parallel=draw(counts),
        localizers=draw(st.sampled_from(LOCALIZERS_OF_STEPS)),
        theta_noise=draw(st.floats(0, 10)),
        feed_theta=draw(st.booleans()),
        shares=draw(st.integers(0, 64)),
        **keys,
    )


budgets = st.none() | st.from_regex(r"[1-9][0-9]{0,5}(\.[0-9])?[kM]", fullmatch=True)
_five = st.tuples(*[sizes] * 5)
classifiers: dict[str, dict[str, Any]] = {
    "article": {**_articles, "units": sizes, "units_activation": activations, "dropout": rates},
    "paper_fcn": {"units": filters, "activation": activations},
    "paper_cnn": {"filters": pairs, "activation": activations},
    "speedrun": {"filters": pairs, "units": sizes},
    "compact": {"filters": _five},
}
namedclassifiers = st.sampled_from(list(classifiers)).flatmap(
    lambda name: st.builds(
        classifier_sections.CLASSIFIERS[name], parameters=budgets, **classifiers[name]
    )
)
layers = st.recursive(simple_layers | transformers(), nested, max_leaves=4)
models = st.builds(
    ModelConfig,
    transformer=st.none() | transformers() | st.lists(transformers(), max_size=3).map(tuple),
    classifier=namedclassifiers | lists(layers),
)
