"""Small random networks, as plain data of a config, for property tests."""

from typing import Any

from hypothesis import strategies as st

from stnctl.config.choices import ACTIVATIONS, HEADS, LOCALIZERS_OF_STEPS, PADDED, POOLS
from stnctl.geometry.registries import REGRESSED_TRANSFORMS

Section = dict[str, Any]

few = st.integers(1, 4)
activations = st.sampled_from(ACTIVATIONS)


def section(**keys: Any) -> st.SearchStrategy[Section]:
    """Return a strategy of sections, from values and strategies of them; None leaves a key out."""
    strategies = {
        key: value if isinstance(value, st.SearchStrategy) else st.just(value)
        for key, value in keys.items()
    }
    return st.fixed_dictionaries(strategies).map(
        lambda found: {key: value for key, value in found.items() if value is not None}
    )


convolutions = section(
    layer="conv",
    filters=few,
    kernel_size=st.integers(1, 5),
    stride=st.integers(1, 3),
    padding=st.sampled_from(PADDED),
    activation=activations,
    batch_norm=st.booleans(),
    bias=st.booleans(),
)
maps = st.one_of(
    convolutions,
    section(layer="pool", kind=st.sampled_from(POOLS), size=st.integers(1, 3)),
    st.sampled_from(["coords", "batch_norm", "dropout"]),
    section(layer="activation", activation=activations),
)
vectors = section(layer="dense", units=st.integers(1, 6), activation=activations) | st.just(
    "flatten"
)
any_layers = st.one_of(maps, maps, maps, vectors)


def nested(layers: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return a strategy of the layers that contain others."""
    inner = st.lists(layers, max_size=3)
    same = section(layer="conv", filters=few, padding="same")
    return st.one_of(
        section(layer="residual", layers=st.lists(same | layers, max_size=3)),
        section(layer="parallel", branches=st.lists(inner, min_size=1, max_size=3)),
    )


_filters = st.lists(few, max_size=2)
localizations: st.SearchStrategy[Any] = st.one_of(
    section(network="article", filters=_filters, bottleneck=st.none() | section(units=few)),
    section(network="paper_fcn", units=_filters, pool=st.integers(1, 3)),
    section(network="paper_cnn", filters=_filters, kernel_size=few, units=few),
    section(network="compact", filters=_filters, units=few),
    st.lists(st.recursive(any_layers, nested, max_leaves=4), max_size=3),
)
_polar = section(
    network="polar", angles=st.integers(8, 12), radii=st.integers(4, 6), filters=st.just([2])
)
_angles = ("rotation", "rigid", "similarity")


@st.composite
def transformers(draw: st.DrawFn, shares: int = 0) -> Section:
    """Return the section of a transformer that shares at most some layers."""
    head = draw(st.sampled_from([None, *HEADS]))
    families = _angles if head == "unit" else REGRESSED_TRANSFORMS
    transform = draw(st.sampled_from(families))
    angle = transform in _angles and head in (None, "unit")
    splines = transform == "thin_plate_spline"
    return draw(
        section(
            layer="transformer",
            head=head,
            transform=transform,
            localization=localizations | _polar if angle else localizations,
            control_points=[2, 3] if splines else None,
            output_size=st.none() | st.tuples(*[st.integers(3, 12)] * 2).map(list),
            pool=st.integers(1, 2),
            parallel=st.integers(1, 2),
            steps=1 if splines else st.integers(1, 3),
            localizers=st.sampled_from(LOCALIZERS_OF_STEPS),
            theta_noise=st.sampled_from([0.0, 0.1]),
            feed_theta=st.booleans(),
            shares=st.integers(0, shares),
        )
    )


layers = st.recursive(st.one_of(any_layers, any_layers, transformers()), nested, max_leaves=6)


@st.composite
def networks(draw: st.DrawFn) -> Section:
    """Return the section `model` of a random network."""
    classifier = draw(st.lists(layers, max_size=5))
    front = st.one_of(
        st.none(),
        transformers(shares=min(2, len(classifier))),
        st.lists(transformers(), min_size=1, max_size=2),
    )
    return {"transformer": draw(front), "classifier": classifier}


shapes = st.tuples(st.integers(4, 16), st.integers(4, 16), st.integers(1, 2))
"""(H, W, C) of U."""
