"""Training on each backend; `make test-backends` runs these tests on JAX and PyTorch."""

import json

import numpy as np
import pytest

from stnctl.data.split_view import network_input
from stnctl.training.setup import make_model, open_loop
from tests.tiny import RecordingCallback, make_job, make_run, without_times

EXACT = (
    "data.distortion=R",
    "train.ema=0.8",
    "train.optimizer=adamw",
    "train.weight_decay=0.1",
    "train.schedule={schedule: cosine, warmup: 0.5}",
    "train.learning_rate_of.classifier=0.5",
    "train.freeze.localization=2 steps",
    "train.clip_norm=1.0",
    "train.label_smoothing=0.1",
    "train.class_weights=balanced",
    "train.penalties={consistency: {}, supervised: 0.5, congeal: 1}",
    "train.stages=[{epochs: 1, learning_rate: 0.02, penalties: {inside: 1}}]",
)


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


def test_train_is_exact_after_a_resume(tmp_path, keras_backend):
    """Dropout, averaged weights, slots, rates, distortions and penalties are as before."""
    if keras_backend == "tensorflow":
        pytest.skip("tests/training/test_loop_exact.py tests TensorFlow")
    import keras

    from stnctl.models.state import training_state_of
    from stnctl.training.callbacks import Interrupted

    job = make_job(tmp_path, *EXACT)
    whole, _ = open_loop(job, make_run(job, tmp_path, "whole"), RecordingCallback())
    expected = whole.train()

    run = make_run(job, tmp_path, "stopped")
    stopped, _ = open_loop(job, run, RecordingCallback(stop_at=[4]))
    with pytest.raises(Interrupted):
        stopped.train()
    keras.random.uniform((3,))  # global generators are not part of the state
    resumed, warnings = open_loop(job, run, RecordingCallback(step=4))
    assert warnings == []
    found = resumed.train()

    assert without_times(vars(found)) == without_times(vars(expected))
    states = training_state_of(resumed.model), training_state_of(whole.model)
    assert states[0].keys() == states[1].keys()
    for name, array in states[1].items():
        np.testing.assert_array_equal(states[0][name], array, strict=True, err_msg=name)


def test_start_backend_sets_threads(run_python, keras_backend):
    """`train.threads` determines the number of threads on each backend."""
    if keras_backend == "tensorflow":
        pytest.skip("tests/models/test_backend.py tests TensorFlow")
    output = run_python(
        """
        import json, os
        from pathlib import Path
        from stnctl.models.backend import start_backend

        before = dict(os.environ)
        backend = start_backend(threads=3)
        if backend == "jax":
            tasks = Path("/proc/self/task")
            names = [(task / "comm").read_text().strip() for task in tasks.iterdir()]
            threads = names.count("tf_XLAEigen")
        else:
            import torch
            threads = torch.get_num_threads()
        same = dict(os.environ) == before | {"KERAS_BACKEND": backend}
        print(json.dumps([backend, threads, same]))
        """
    )
    assert json.loads(output.splitlines()[-1]) == [keras_backend, 3, True]
