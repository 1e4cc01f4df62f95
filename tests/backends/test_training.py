"""One training step of a run; `make test-backends` runs it on JAX and PyTorch."""

import numpy as np

from stnctl.data.split_view import network_input
from stnctl.training.setup import make_model
from tests.tiny import make_job


def test_train_on_batch_preset(tmp_path, keras_backend):
    """The loss is finite, and the gradient passes the sampler to the head of the localizer."""
    job = make_job(tmp_path)
    model = make_model(job)
    before = [np.array(array) for array in model.get_weights()]
    train = job.dataset.train
    U = network_input(train.images[:20], job.config.data.pixels)
    logs = model.train_on_batch(U, train.labels[:20], return_dict=True)
    assert np.isfinite(logs["loss"])
    names = [variable.path for variable in model.weights]
    changed = [
        name
        for name, old, new in zip(names, before, model.get_weights(), strict=True)
        if (old != new).any()
    ]
    assert [name for name in changed if "theta" in name], changed
