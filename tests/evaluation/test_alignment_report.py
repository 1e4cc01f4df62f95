import numpy as np
import pytest

from stnctl.config.load import parse_config
from stnctl.data.dataset import Dataset
from stnctl.data.split_view import make_split_view
from stnctl.evaluation.alignment_report import MOMENTS, report_alignment
from stnctl.geometry.transforms.affine import Affine
from stnctl.models.network import trace_network
from tests.data.distortions.examples import noise

N = 40
NAME = "spatial_transformer"


def case(distortion, transformer="{}"):
    """Return the trace of a network and the examples of a distortion."""
    keys = (f"data.distortion={distortion}", f"model.transformer={transformer}")
    config = parse_config("", where="x", overrides=keys)
    split = noise(N)
    view = make_split_view(config, Dataset(split, split, split, "x", "0" * 64, 10), "test")
    return trace_network(config.model, view.input_shape, 10), view.examples()


def test_report_of_the_inverse():
    """The transformer undoes each rotation but for half turns of the class 3."""
    network, examples = case("R")
    [stage] = examples.distortions[0].theta_stages
    theta = Affine().inverse(stage.theta)
    theta[examples.labels == 3] *= np.array([-1, -1, 0, -1, -1, 0])
    [rotation, moments] = report_alignment(network, examples, {NAME: theta}) or []
    assert (rotation["transformer"], rotation["part"], rotation["unit"]) == (
        NAME,
        "rotation",
        "degrees",
    )
    assert rotation["half_turns"] == pytest.approx(0.1)
    assert rotation["spread_modulo_half_turns"] == pytest.approx(0, abs=1e-4)
    assert rotation["median_after"] < 25
    assert len(rotation["classes"]) == 10
    for label, row in enumerate(rotation["classes"]):
        assert row["spread_after"] == pytest.approx(0, abs=1e-4), label
        assert row["slope"] == pytest.approx(1, abs=0.1) or label == 3
    assert moments["transformer"] == MOMENTS
    assert moments["spread_before"] == rotation["spread_before"]
    assert 0 < moments["spread_modulo_half_turns"] < 90


def test_report_has_each_part_that_is_drawn():
    network, examples = case("RTS")
    theta = np.tile(Affine().identity(), (N, 1))
    rows = report_alignment(network, examples, {NAME: theta}) or []
    parts = [(row["transformer"], row["part"]) for row in rows]
    drawn = ["rotation", "scale", "shift_x", "shift_y"]
    assert parts == [*((NAME, part) for part in drawn), (MOMENTS, "rotation")]
    for row in rows[:-1]:
        assert row["spread_after"] == pytest.approx(row["spread_before"], rel=1e-6)


def test_report_without_examples_of_a_class():
    network, examples = case("R")
    examples.labels[examples.labels == 2] = 7
    theta = np.tile(Affine().identity(), (N, 1))
    [rotation, _] = report_alignment(network, examples, {NAME: theta}) or []
    assert rotation["classes"][2] is None


@pytest.mark.parametrize(
    ("distortion", "transformer"), [("none", "{}"), ("E", "{}"), ("R", "null")]
)
def test_report_is_none_if_the_alignment_is_unknown(distortion, transformer):
    network, examples = case(distortion, transformer)
    theta = np.tile(Affine().identity(), (N, 1))
    thetas = {each.name: theta for each in network.transformers}
    assert report_alignment(network, examples, thetas) is None
