"""Check that a network fits the size of its images. It does not load Keras."""

from stnctl.config.schema import ModelConfig
from stnctl.errors import ConfigError
from stnctl.models.theta import theta_bounds


def check_sizes(config: ModelConfig, input_size: tuple[int, int]) -> None:
    """Check that all maps are large enough for the convolutions, and that theta's bounds are valid.

    Args:
        config: The configuration of the network.
        input_size: (H, W) of U.

    Raises:
        ConfigError: If a map is too small, or `theta_bounds` rejects the bounds. For a map, the
            message names the section of the configuration, the size and the required size.
    """
    size = input_size
    if transformer := config.transformer:
        net = transformer.localization
        _check("model.transformer.localization", net.filters, net.kernel_size, size)
        theta_bounds(transformer)
        size = transformer.output_size or size
    _check("model.classifier", config.classifier.filters, config.classifier.kernel_size, size)


def smallest_input(num_convolutions: int, kernel_size: int) -> int:
    """Return the smallest side of an input map, in pixels, for which one output pixel remains.

    The map passes through convolutions without padding, each with a 2x2 pool.

    Args:
        num_convolutions: Number of convolutions.
        kernel_size: Side of their kernels.
    """
    side = 1
    for _ in range(num_convolutions):
        side = 2 * side + kernel_size - 1
    return side


def _check(section: str, filters: tuple[int, ...], kernel_size: int, size: tuple[int, int]) -> None:
    needed = smallest_input(len(filters), kernel_size)
    if min(size) < needed:
        raise ConfigError(
            f"{section}: {len(filters)} convolutions of {kernel_size}x{kernel_size}, each with a "
            f"2x2 pool, need maps of at least {needed}x{needed}, got {size[0]}x{size[1]}",
            hint=f"shorten {section}.filters, lower {section}.kernel_size, or use larger images",
        )
