"""Valleys of the loss over the angle, and the sentences on them, in one Node.js."""

import math
import re

import pytest

from tests.reports.explorer.node import run_node

STEP = 5
SCRIPT = """
import { turnShape } from "WEB/network/turn_valleys.js";
import { curveText } from "WEB/recognition/turn_words.js";
const run = { network: { transformers: [{}] } };
const still = { network: { transformers: [] } };
console.log(JSON.stringify(payload.map((curve) => ({
  shape: turnShape(curve), text: curveText(curve, run), still: curveText(curve, still),
}))));
"""


def near(angle, bottom, width):
    """Return 0 at the bottom of a valley of the circle, and 1 outside of its width."""
    distance = abs((angle - bottom + 180) % 360 - 180)
    return min(1.0, distance / width)


def two_valleys(angle):
    """A shallow valley of depth 1 at -90, a deep one at 60, plateaus of 3 between them."""
    return 0.01 + 3 - (1 - near(angle, -90, 40)) - 3 * (1 - near(angle, 60, 60))


CURVES = {
    "flat": (lambda angle: 0.02 + 0.01 * math.sin(math.radians(angle)), 27.0),
    "flat and bad": (lambda angle: 3 + 0.01 * math.sin(math.radians(angle)), 27.0),
    "bottom": (lambda angle: 2 * max(0.0, near(angle, 10, 90) - 0.5), 12.5),
    "bottom through 180": (lambda angle: 2 * max(0.0, near(angle, 180, 90) - 0.5), -170.0),
    "bad bottom": (lambda angle: 2 + near(angle, 0, 90), 0.0),
    "downhill": (two_valleys, 20.0),
    "uphill behind": (two_valleys, 90.0),
    "shallow": (two_valleys, -110.0),
    "at the shallow bottom": (lambda angle: two_valleys(angle) + 0 * angle, -90.0),
    "plateau": (two_valleys, 140.0),
    "ripples": (
        lambda angle: 3 * near(angle, 60, 180) + 0.03 * math.cos(math.radians(18 * angle)), -50.0,
    ),
}  # fmt: skip


def curve_of(loss, chosen):
    angles = range(-180, 181, STEP)
    return {
        "scores": [{"angle": angle, "loss": loss(angle)} for angle in angles],
        "chosen": {"angle": chosen, "loss": loss(chosen)},
        "slope": (loss(chosen + 1) - loss(chosen - 1)) / 2,
    }


@pytest.fixture(scope="module")
def found():
    results = run_node(SCRIPT, [curve_of(*curve) for curve in CURVES.values()])
    return dict(zip(CURVES, results, strict=True))


def test_flat_curve_gives_no_reason_to_turn(found):
    for name, words in (("flat", "equally well"), ("flat and bad", "equally badly")):
        assert found[name]["shape"]["kind"] == "flat"
        assert "hardly any reason to turn" in found[name]["text"]
        assert words in found[name]["text"]
    reasons = [name for name, each in found.items() if "reason to turn" in each["text"]]
    assert reasons == ["flat", "flat and bad"]


def test_bottom_of_a_valley_has_its_range(found):
    shape = found["bottom"]["shape"]
    assert shape["kind"] == "valley"
    assert shape["range"] == [-35, 55]
    text = found["bottom"]["text"]
    assert "in a valley, from −35° to 55°: the digit is read well at these angles." in text
    assert found["bottom through 180"]["shape"]["range"] == [135, -135]
    assert "from 135° to −135°, through 180°:" in found["bottom through 180"]["text"]
    assert "no angle makes the network read the digit well" in found["bad bottom"]["text"]


@pytest.mark.parametrize(
    ("name", "way"), [("downhill", "larger"), ("uphill behind", "smaller"), ("ripples", "larger")]
)
def test_way_down_ends_in_the_deepest_valley(found, name, way):
    shape = found[name]["shape"]
    assert shape["kind"] == "slope"
    assert shape["stop"]["angle"] == pytest.approx(60, abs=10)
    assert shape["next"] is None
    assert f"pulls the angle to {way} values, down into the valley at " in found[name]["text"]


def test_hill_before_a_deeper_valley_stops_the_way_down(found):
    shape = found["shallow"]["shape"]
    assert shape["kind"] == "slope"
    assert shape["stop"] == {"angle": -90, "loss": pytest.approx(2.01)}
    assert shape["next"]["bottom"] == {"angle": 60, "loss": pytest.approx(0.01)}
    assert shape["next"]["hill"]["loss"] == pytest.approx(3.01)
    text = found["shallow"]["text"]
    assert "Training on this digit would stop at −90° (loss 2.01): a hill at " in text
    assert "is before the deeper valley at 60° (loss 0.01)." in text


def test_level_place_outside_of_a_valley_has_the_nearest_one(found):
    shape = found["plateau"]["shape"]
    assert shape["kind"] == "level"
    assert shape["next"] == {"bottom": {"angle": 60, "loss": pytest.approx(0.01)}, "hill": None}
    assert "hardly pulls the angle, though the nearest valley is at 60°" in found["plateau"]["text"]
    shape = found["at the shallow bottom"]["shape"]
    assert shape["kind"] == "level"
    assert shape["next"]["hill"]["loss"] == pytest.approx(3.01)
    assert "Training on this digit would stay here" in found["at the shallow bottom"]["text"]


def test_sentences_have_the_step_and_no_hyphen_as_a_minus(found):
    for each in found.values():
        for text in (each["text"], each["still"]):
            assert f"The chart has a point each {STEP}°." in text
            assert re.search(r"-\d", text) is None
        assert "The slope at the network's angle is " in each["text"]
        assert "slope" not in each["still"]
