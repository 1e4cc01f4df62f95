import numpy as np
import pytest

from stnctl.config.stages import stages_of
from stnctl.evaluation.transformer_statistics import TransformerStatistics, transformer_statistics
from stnctl.runs.snapshots import read_snapshots
from stnctl.training.setup import make_model
from stnctl.training.transformer_watch import TransformerWatch
from tests.tiny import make_job, make_run

pytestmark = pytest.mark.usefixtures("keras_backend")

NAME = "spatial_transformer"
CONSTANT = {NAME: TransformerStatistics(0.0, 0.0, 0.0, 1.0)}


def test_observe(tmp_path):
    job = make_job(tmp_path, "data.distortion=R")
    model, run = make_model(job), make_run(job, tmp_path)
    watch = TransformerWatch(model, job, run)
    found = watch.observe(0)
    theta = watch.sample.predict(model)[f"{NAME}/theta"]
    sample = watch.sample
    expected = transformer_statistics(job.network, sample.inputs, {NAME: theta}, sample.drawn)
    assert found == expected
    assert found[NAME].alignment["rotation"]["spread_before"] > 10
    assert read_snapshots(run).epochs.tolist() == [0]


def test_observe_without_a_transformer(tmp_path):
    job = make_job(tmp_path, "model.transformer=null")
    assert TransformerWatch(make_model(job), job, None).observe(0) == {}


def test_observe_a_theta_that_is_not_finite(tmp_path):
    job = make_job(tmp_path)
    model = make_model(job)
    model.get_layer("theta").bias.assign(np.full(6, np.inf))
    assert TransformerWatch(model, job, None).observe(0) == {}


@pytest.mark.parametrize(
    ("override", "found"),
    [
        ("train.epochs=3", [True, True, True]),
        ("train.freeze={localization: always}", [False, False, False]),
        ("train.freeze={localization: 2 epochs}", [False, False, True]),
        ("train.freeze={localization: 5 steps}", [False, False, False]),
        (
            "train.stages=[{epochs: 1, freeze: {localization: always}}]",
            [False, True, True],
        ),
    ],
)
def test_collapses_of_a_trained_localization_network(tmp_path, override, found):
    job = make_job(tmp_path, "train.epochs=3", override)
    watch = TransformerWatch(None, job, None)
    stages = [
        next(stage for stage in reversed(stages_of(job.config.train)) if stage.first_epoch <= epoch)
        for epoch in range(3)
    ]
    collapses = [
        list(watch.collapses(CONSTANT, stage, epoch)) for epoch, stage in enumerate(stages)
    ]
    assert [len(each) == 1 for each in collapses] == found
    assert list(watch.collapses({}, stages[0], 0)) == []
