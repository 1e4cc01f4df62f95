import pytest

from stnctl.training.sinks.sink import flat_config, values_of
from tests.training.sinks.examples import metrics


def test_values_of():
    assert values_of(metrics(2, 0.5)) == {
        "train/loss": 0.5,
        "train/accuracy": 0.75,
        "validation/loss": 1.0,
        "validation/accuracy": 0.5,
        "time/seconds": 1.5,
        "time/images_per_second": 40.0,
        "transformers/stn/outside": 0.25,
        "transformers/stn/alignment/rotation_degrees/slope": 0.5,
    }


@pytest.mark.parametrize(
    ("data", "flat"),
    [
        ({}, {}),
        ({"a": {"b": {"c": 1}, "d": [1, {"e": 2}]}}, {"a.b.c": 1, "a.d": [1, {"e": 2}]}),
        ({"a": {}, "b": None}, {"b": None}),
    ],
)
def test_flat_config(data, flat):
    assert flat_config(data) == flat
