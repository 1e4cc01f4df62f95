"""Layer `transformer`: localization network, grid generator and sampler (paper, section 3)."""

from collections.abc import Callable
from dataclasses import replace

from stnctl.config.layer_lists import TransformerConfig
from stnctl.models.graph import Scope, Tensor
from stnctl.models.layers.parallel import join
from stnctl.models.layers.pool import average_pool
from stnctl.models.localization import localize
from stnctl.models.sampling_operation import Sampling
from stnctl.models.theta_operations import Composition, Noise
from stnctl.models.traced_transformer import TracedTransformer

Prepare = Callable[[Tensor], Tensor]
"""Function from the map to sample to the input of the localization network."""


def apply(section: TransformerConfig, x: Tensor, scope: Scope) -> Tensor:
    """Add the layer to the graph, and return V (H', W', C parallel).

    Raises:
        ConfigError: If x is a vector, if a part does not fit its input, or if the section has a key
            that only a transformer in front of the classifier can have.
    """
    if section.shares:
        raise scope.inside("shares").problem(
            "expected 0: only a transformer in front of the classifier, without others before it "
            "or beside it, can share layers with the classifier"
        )
    return add_transformer(section, x, scope)


def add_transformer(
    section: TransformerConfig, x: Tensor, scope: Scope, prepare: Prepare = lambda x: x
) -> Tensor:
    """Add one or more transformers side by side, and return their maps, joined by channel.

    Args:
        section: The section of the transformer.
        x: U (H, W, C).
        scope: The place of the section in the graph.
        prepare: Adds the layers between the map to sample and the localization network.

    Raises:
        ConfigError: As in `apply`.
    """
    if not x.is_map:
        raise scope.problem(
            f"a transformer needs a map, got a vector of {x.shape[0]:,} values",
            hint="put the transformer before the first flatten, dense or global pool layer",
        )
    maps = [_add_steps(section, x, scope, prepare, branch) for branch in range(section.parallel)]
    return join(maps, scope.named("transformer"))


def _add_steps(
    section: TransformerConfig, U: Tensor, scope: Scope, prepare: Prepare, branch: int
) -> Tensor:
    """Add the steps of one transformer, and return its V (H', W', C)."""
    graph = scope.graph
    sampling, theta, V = Sampling.configured(section), None, U
    localizer: list[str] = []
    for step in range(section.steps):
        change = _add_localizer(section, prepare(V), scope, localizer)
        if section.theta_noise:
            change = scope.add(Noise(section.theta_noise), change, name="theta_noise")
        if theta is None:
            theta = change
        else:
            sampling, theta = _compose(section, sampling, theta, change, scope)
        is_last = step == section.steps - 1
        operation = replace(sampling, output_size=section.output_size if is_last else None)
        V, grid = scope.add_all(operation, U, theta, name=operation.base_name)
        graph.add_transformer(
            TracedTransformer(
                name=graph.nodes[V.node].name,
                key=graph.nodes[V.node].key,
                sampling=operation,
                U=U,
                theta=theta,
                V=V,
                grid=grid,
                step=step,
                branch=branch,
                chain=graph.chain_of(U),
            )
        )
        if section.feed_theta and is_last:
            graph.fed_thetas.append(theta)
    pooled = average_pool(V, section.pool, scope.named("transformer"))
    graph.continue_chain(V, pooled)
    return pooled


def _add_localizer(section: TransformerConfig, x: Tensor, scope: Scope, names: list[str]) -> Tensor:
    """Add a localization network, and return theta.

    Args:
        section: The section of the transformer.
        x: The input of the network.
        scope: The place of the section in the graph.
        names: Names of the nodes of the first network of the section, filled by the first call. If
            the networks of all steps are shared, further calls use them again.
    """
    graph = scope.graph
    if names and section.localizers == "shared":
        with graph.sharing(names):
            return localize(x, section, scope.named("localization"))
    start = len(graph.nodes)
    theta = localize(x, section, scope.named(graph.next_localizer()))
    names[:] = [node.name for node in graph.nodes[start:]]
    return theta


def _compose(
    section: TransformerConfig, before: Sampling, theta: Tensor, change: Tensor, scope: Scope
) -> tuple[Sampling, Tensor]:
    """Return the sampling and the theta of the steps so far, composed with one more change."""
    result = "projective" if section.transform == "projective" else "affine"
    composition = Composition(
        outer=before.transform,
        inner=section.transform,
        outer_constraints=before.constraints,
        inner_constraints=section.constraints,
        result=result,
    )
    composed = scope.add(composition, theta, change, name="theta_composed")
    return replace(before, transform=result, constraints=None, control_points=None), composed
