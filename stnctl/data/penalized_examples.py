"""Training examples with the arrays that the penalties on a transformer need."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from stnctl.config.penalties_section import Penalties
from stnctl.data.distortions.counter_rng import CONSISTENCY, CounterRNG
from stnctl.data.distortions.distortion_spec import distortion_spec
from stnctl.data.distortions.drawing import draw_distortions
from stnctl.data.distortions.theta_stages import ThetaStage
from stnctl.data.split_view import EpochExamples
from stnctl.errors import ConfigError, ConfigProblem

CHANGED = "changed"
"""Name of the images with a further distortion."""


@dataclass(frozen=True, eq=False)
class PenalizedExamples:
    """Examples of an epoch for a training with penalties.

    Attributes:
        examples: The examples.
        penalties: The configured penalties.
        epoch: The epoch, from 0.
    """

    examples: EpochExamples
    penalties: Penalties
    epoch: int

    @cached_property
    def change(self) -> tuple[ThetaStage, ...]:
        """Transforms of the further distortion with the thetas of all examples; () for none.

        Raises:
            ConfigError: If the distortion is impossible for the canvas, or resizes it.
        """
        if self.penalties.consistency is None:
            return ()
        spec = distortion_spec(self.penalties.consistency.distortion)
        height, width, _ = self.examples.view.input_shape
        if spec.num_images > 1 or spec.canvas((height, width)) != (height, width):
            raise _problem("consistency.distortion", f"must keep the canvas of {height}x{width}")
        rng = CounterRNG(self.examples.view.seed, CONSISTENCY, self.epoch)
        [drawn] = draw_distortions(spec, rng, len(self.examples), (height, width))
        if drawn.crops is not None:
            raise _problem("consistency.distortion", "must have no clutter")
        return drawn.theta_stages

    @cached_property
    def drawn(self) -> tuple[ThetaStage, ...]:
        """Transforms of the distortion with the thetas of all examples; () if none needs them.

        Raises:
            ConfigError: If the images are not distorted, or an example has several images.
        """
        if self.penalties.supervised is None:
            return ()
        if len(self.examples.distortions) != 1:
            raise _problem("supervised", "needs examples with one distorted image each")
        return self.examples.distortions[0].theta_stages

    def check(self) -> None:
        """Check that the penalties fit the examples.

        Raises:
            ConfigError: As `change` and `drawn`. Its path is a key in the section of the penalties.
        """
        _ = self.change, self.drawn

    def arrays(self, indices: np.ndarray) -> dict[str, np.ndarray]:
        """Return the arrays of the given examples, (n,), by their names.

        There are `U` and `labels`, see `EpochExamples.arrays`; `changed`, as U, with the further
        distortion; and for its transforms and for those of the distortion the thetas `change0`, ...
        and `drawn0`, ..., (n, num_params), float32.
        """
        arrays = self.examples.arrays(indices)
        if self.change:
            arrays[CHANGED] = self._changed.inputs(indices)
        for name, stages in (("change", self.change), ("drawn", self.drawn)):
            for number, stage in enumerate(stages):
                arrays[f"{name}{number}"] = stage.theta[indices].astype(np.float32)
        return arrays

    @cached_property
    def _changed(self) -> EpochExamples:
        return self.examples.changed(self.change)


def _problem(key: str, problem: str) -> ConfigError:
    return ConfigError(ConfigProblem(problem, path=key))
