import numpy as np
import pytest

from stnctl.errors import InputError
from stnctl.evaluation.checkpoint_check import (
    MAX_COPIES,
    SPARE_BYTES,
    check_checkpoint_matches_config,
)
from stnctl.models.state import training_state_of
from stnctl.runs.checkpoint_reader import follow_pointer, read_meta
from stnctl.runs.checkpoint_writer import save_checkpoint, set_pointer
from stnctl.training.setup import make_model
from tests.tiny import make_job, make_run

pytestmark = pytest.mark.usefixtures("keras_backend")

NETWORKS = [
    (),
    ("model.transformer=null",),
    ("model.transformer.transform=projective",),
    ("model.transformer.transform=thin_plate_spline",),
    ("train.ema=0.9", "train.optimizer=adam"),
    ("data.distortion=RTS", "model.transformer.localization.bottleneck.units=3"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


def make_checkpoint(job, folder, change=lambda arrays: arrays):
    run = make_run(job, folder)
    save_checkpoint(run, 1, change(training_state_of(make_model(job))), {"position": {"epoch": 0}})
    set_pointer(run, "best", 1, {})
    return run


def check(run, job):
    check_checkpoint_matches_config(run, job, follow_pointer(run, "best", read_meta))


@pytest.mark.parametrize("network", NETWORKS)
def test_check_checkpoint_accepts_a_training_state(folder, tmp_path, network):
    job = make_job(folder, *network)
    check(make_checkpoint(job, tmp_path), job)


def test_check_checkpoint_does_not_read_the_state(folder, tmp_path):
    job = make_job(folder)
    run = make_checkpoint(job, tmp_path)
    (run.checkpoints / "step-00000001" / "state.npz").unlink()
    check(run, job)


def test_check_checkpoint_rejects_another_network(folder, tmp_path):
    job = make_job(folder)
    other = make_job(folder, "model.classifier.units=9")
    with pytest.raises(InputError, match=r"declares [\d,]+ parameters, but the network of .* has"):
        check(make_checkpoint(job, tmp_path), other)


def test_check_checkpoint_rejects_unknown_arrays(folder, tmp_path):
    job = make_job(folder)
    run = make_checkpoint(job, tmp_path, lambda arrays: arrays | {"other/000/x": np.zeros(1)})
    with pytest.raises(InputError, match="an array 'other/000/x', expected names that begin with"):
        check(run, job)


def test_check_checkpoint_rejects_a_large_state(folder, tmp_path):
    job = make_job(folder)
    large = np.zeros(SPARE_BYTES, np.float64)
    assert large.nbytes > SPARE_BYTES + MAX_COPIES * 4
    run = make_checkpoint(job, tmp_path, lambda arrays: arrays | {"optimizer/999/x": large})
    with pytest.raises(InputError, match=r"declares [\d,]+ bytes; [\d,]+ parameters need at most"):
        check(run, job)


def with_average(arrays):
    return arrays | {"average/000/kernel": np.zeros(3, np.float32)}


def without_average(arrays):
    return {name: array for name, array in arrays.items() if not name.startswith("average/")}


@pytest.mark.parametrize(
    ("network", "change"), [((), with_average), (("train.ema=0.9",), without_average)]
)
def test_check_checkpoint_rejects_unexpected_averages(folder, tmp_path, network, change):
    job = make_job(folder, *network)
    run = make_checkpoint(job, tmp_path, change)
    with pytest.raises(InputError, match=r"disagree: averaged weights are (present|missing)"):
        check(run, job)
