"""Check of the configured limits, and of the limit of checkpoints. Keras is not loaded."""

from collections import Counter

from stnctl.config.schema import Config
from stnctl.errors import ConfigError, ConfigProblem
from stnctl.models.memory_use import state_bytes, training_bytes
from stnctl.models.network import Network
from stnctl.runs.checkpoint_reader import MAX_STATE_BYTES

_CURES = {"data": "use smaller images", "data.distortion": "give it a smaller canvas"}
_SPARE_BYTES = 2**20  # for names, shapes and seeds in a checkpoint


def check_limits(config: Config, network: Network) -> None:
    """Check that a network does not exceed the configured limits.

    Args:
        config: The configuration of the batches, the optimizer, the distortion and the limits.
        network: The trace of its network.

    Raises:
        ConfigError: If the parameters or the memory exceed a limit, or a checkpoint would be too
            large to be read again. The message names the limit, the size, and the section of the
            configuration with the largest share.
    """
    parameters: Counter[str] = Counter()
    for node in network.nodes:
        parameters[node.key] += node.parameters
    limits = config.limits
    _check("max_parameters", limits.max_parameters, parameters, "the network has {:,} parameters")
    taken = training_bytes(config, network)
    _check("max_bytes", limits.max_bytes, taken, "the training needs about {:,} bytes")
    state = state_bytes(config, network)
    if (size := state.total() + _SPARE_BYTES) > MAX_STATE_BYTES:
        [(section, _)] = state.most_common(1)
        raise ConfigError(
            f"a checkpoint of the network needs about {size:,} bytes, expected at most "
            f"{MAX_STATE_BYTES:,}; {section} has most of them",
            hint=f"make {section} smaller, or use the optimizer sgd without train.ema",
        )


def _check(key: str, limit: int, shares: Counter[str], words: str) -> None:
    """Check that the sum of all sections does not exceed the limit."""
    if (size := shares.total()) <= limit:
        return
    [(section, _)] = shares.most_common(1)
    problem = f"{words.format(size)}, the limit is {limit:,}; {section} has most of them"
    raise ConfigError(
        ConfigProblem(problem, path=f"limits.{key}"),
        hint=f"{_CURES.get(section, f'make {section} smaller')}, or raise the limit: "
        f"--set limits.{key}=N",
    )
