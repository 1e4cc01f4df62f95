"""Views of the data whose images are made on the training backend."""

from stnctl.config import Config
from stnctl.data.dataset import Dataset
from stnctl.data.views import View, make_view


def compiled_view(config: Config, dataset: Dataset, name: str) -> View:
    """Return a split of a data set, as `make_view` does. Keras must have been started.

    Raises:
        UsageError: If there is no such split.
    """
    from stnctl.models.compiled import compiled_for_arrays

    return make_view(config, dataset, name, compiler=compiled_for_arrays)
