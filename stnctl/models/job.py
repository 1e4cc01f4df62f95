"""Configuration with its data: split views, input shape and number of classes, computed once.

The import of this module does not load Keras, and is fast. Only compiled views need Keras.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

from stnctl.config.choices import SPLITS
from stnctl.config.schema import Config
from stnctl.config.stages import Stage
from stnctl.data.dataset import Dataset
from stnctl.data.sources.dataset_loader import load_with_fallback
from stnctl.data.split_view import EpochExamples, SplitView, make_split_view
from stnctl.models.limits import check_limits
from stnctl.models.network import Network, fitting_network


@dataclass(frozen=True, eq=False)
class Job:
    """Configuration with the data set for its training or evaluation.

    Attributes:
        config: The configuration.
        dataset: The data set.
        fallback: Warning that the data set is the offline fallback for the configured one, or None.
    """

    config: Config
    dataset: Dataset
    fallback: str | None = None
    _views: dict[tuple[str, bool], SplitView] = field(default_factory=dict, init=False, repr=False)
    _examples: dict[str, tuple[int, EpochExamples]] = field(
        default_factory=dict, init=False, repr=False
    )

    def view(self, split: str, *, compiled: bool = False) -> SplitView:
        """Return a split under the configured distortion.

        Args:
            split: One of `SPLITS`.
            compiled: Whether compiled functions of the training backend render the images. The
                backend must be started. By default, NumPy renders the images.

        Raises:
            UsageError: If there is no such split.
            ConfigError: If there are fewer training images than ``data.train_size``.
        """
        key = split, compiled
        if key not in self._views:
            self._views[key] = (
                self._compiled(split)
                if compiled
                else make_split_view(self.config, self.dataset, split)
            )
        return self._views[key]

    def examples(self, split: str, epoch: int = 0, *, compiled: bool = False) -> EpochExamples:
        """Return the examples of a split in an epoch.

        The last examples of each split are kept, so a second call for the same epoch does not draw
        them again.

        Args:
            split: One of `SPLITS`.
            epoch: The epoch, from 0. Use 0 for validation and test: their examples never change.
            compiled: As in `view`. The drawn values do not depend on it.

        Raises:
            UsageError: If there is no such split.
            ConfigError: If the distortion is impossible for the images.
        """
        drawn, examples = self._examples.get(split, (-1, None))
        if examples is None or drawn != epoch:
            examples = self.view(split).examples(epoch)
            self._examples[split] = epoch, examples
        return replace(examples, view=self.view(split, compiled=compiled))

    def in_stage(self, stage: Stage) -> "Job":
        """Return the job of a stage of the training, with the same network."""
        config = stage.config(self.config)
        return self if config == self.config else replace(self, config=config)

    @cached_property
    def input_shape(self) -> tuple[int, int, int]:
        """(H, W, C) of the network's input U."""
        return self.view("train").input_shape

    @cached_property
    def num_classes(self) -> int:
        """Number of logits; larger than the number of the data set's classes if labels are sums."""
        return self.view("train").num_classes(self.dataset.num_classes)

    @cached_property
    def class_names(self) -> tuple[str, ...]:
        """Names of the classes, in the order of the logits; numbers if labels are sums."""
        names = self.dataset.class_names
        is_sum = self.num_classes != len(names)
        return tuple(map(str, range(self.num_classes))) if is_sum else names

    @cached_property
    def network(self) -> Network:
        """Trace of the configured network for the data.

        Raises:
            ConfigError: If a layer does not fit its input.
        """
        return fitting_network(self.config.model, self.input_shape, self.num_classes)

    def check_network(self) -> None:
        """Check that distortion and network fit the data, and that the network is within limits.

        Raises:
            ConfigError: If the distortion is impossible for the images, the network does not fit
                the images, or the network exceeds its limits.
        """
        for split in SPLITS:
            self.examples(split)
        check_limits(self.config, self.network)

    def _compiled(self, split: str) -> SplitView:
        from stnctl.models.compiled import compiled_for_arrays

        return replace(self.view(split), compiler=compiled_for_arrays)


def load_job(
    config: Config,
    *,
    network: bool = True,
    progress: Callable[[int, int | None], None] | None = None,
) -> Job:
    """Load the data set of a configuration, or its offline fallback.

    Args:
        config: The configuration.
        network: Whether to check that the network fits the data, see `Job.check_network`.
        progress: Called with the number of downloaded bytes and the total number of bytes. The
            total is None if it is unknown.

    Raises:
        ConfigError: If keys of the section `data` do not fit its source, or `Job.check_network`
            fails.
        InputError: If the data is missing or damaged.
        EnvironmentFault: If the data can't be read, or can't be downloaded and ``data.offline`` is
            null.
    """
    job = Job(config, *load_with_fallback(config.data, progress=progress))
    if network:
        job.check_network()
    return job
