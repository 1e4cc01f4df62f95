"""Localization network of a transformer: U -> theta (paper, section 3.1). Keras is not loaded."""

from stnctl.config.layer_lists import TransformerConfig
from stnctl.config.localizer_sections import LocalizerSection, PolarLocalizer, default_head
from stnctl.errors import ConfigError
from stnctl.models.graph import Scope, Tensor
from stnctl.models.heads import ADD_HEAD, THETA, angle_position, unit_start
from stnctl.models.layers import apply_layers
from stnctl.models.layers.activation import activate
from stnctl.models.layers.conv import Convolution
from stnctl.models.layers.flatten import flatten
from stnctl.models.layers.parallel import Join
from stnctl.models.layers.pool import GlobalAverage, average_pool
from stnctl.models.localizers import NAMES, localizer_layers
from stnctl.models.polar_operations import Centroid, CyclicPadding, LogPolarMap
from stnctl.models.theta_operations import ThetaDense, UnitAngle

_POLAR_KERNEL = 3


def localize(U: Tensor, config: TransformerConfig, scope: Scope) -> Tensor:
    """Add the localization network of a transformer to a graph, and return theta (num_params,).

    Args:
        U: The input of the network: the map to sample, or features of it.
        config: The configuration of the transformer.
        scope: The place of the transformer in the graph, with the prefix of the network.

    Raises:
        ConfigError: If a layer does not fit its input, or the bounds do not fit the transform.
    """
    section, inside = config.localization, scope.inside("localization")
    if isinstance(section, PolarLocalizer):
        return _polar_theta(U, section, config, scope, inside)
    if isinstance(section, LocalizerSection):
        inside = inside.renaming(NAMES.get(type(section), {}))
        try:
            x = apply_layers(localizer_layers(section), U, inside, indexed=False)
        except ConfigError as error:
            size = "x".join(map(str, U.shape[:2]))
            raise scope.inside("localization").problem(
                f"the localization network {section.network} does not fit a map of {size}: "
                f"{error.problems[0].problem}"
            ) from error
    else:
        x = apply_layers(section, U, inside)
    head = config.head or default_head(section)
    return ADD_HEAD[head](flatten(x, inside), config, scope)


def _polar_theta(
    U: Tensor, section: PolarLocalizer, config: TransformerConfig, scope: Scope, inside: Scope
) -> Tensor:
    """Return theta: the angle of the centroid, and other parameters from the average features."""
    x = average_pool(U, section.pool, inside)
    x = inside.add(LogPolarMap(section.angles, section.radii), x)
    for filters in section.filters:
        x = inside.add(CyclicPadding(_POLAR_KERNEL // 2), x)
        x = activate(section.activation, inside.add(Convolution(filters, _POLAR_KERNEL), x), inside)
    centroid = inside.add(Centroid(), inside.add(Convolution(1, 1, bias=False), x))
    start, k = unit_start(config), angle_position(config)
    before, after = start[:k], start[k + 2 :]
    if not (before or after):
        return scope.add(UnitAngle(k), centroid, name=THETA)
    average = inside.add(GlobalAverage(), x)

    def regress(part: tuple[float, ...]) -> list[Tensor]:
        return [inside.add(ThetaDense(len(part), part), average)] if part else []

    vector = inside.add(Join(), *regress(before), centroid, *regress(after))
    return scope.add(UnitAngle(k), vector, name=THETA)
