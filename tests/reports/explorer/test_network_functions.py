"""Functions of the explorer on digits, compared with stnctl, Keras and SciPy, in one Node.js."""

import re

import keras
import numpy as np
import pytest
from scipy import ndimage

from stnctl.geometry import make_transform, warp
from stnctl.geometry.grid import from_pixels, to_pixels
from stnctl.geometry.registries import REGRESSED_TRANSFORMS
from stnctl.inspection.displacement import displacements
from stnctl.reports.explorer.weight_encoding import FLOAT32
from stnctl.warping.describe import describe_effect, describe_motion
from stnctl.warping.from_motion import Length, MotionSpec
from stnctl.warping.theta_path import MapSizes, ThetaPath
from tests.reports.explorer.networks import random_network
from tests.reports.explorer.node import run_node

SIZE = (18, 22)
TURNED, CHAINED = "rotation with a unit head", "iterative and parallel transformers"
ANGLES = (-150.0, -20.0, 0.0, 3.5, 90.0)
STROKES = [[0.1, 0.2, 0.3, 0.9], [0.25, 0.3, 0.25, 0.3], [0.3, 0.5, 0.45, 0.5, 0.42, 0.8]]
MOTIONS = [
    {"rotation": 30, "scale": 1, "shiftX": 0, "shiftY": 0, "clutter": 0},
    {"rotation": -75, "scale": 0.7, "shiftX": 3, "shiftY": -2, "clutter": 0},
    {"rotation": 0, "scale": 1.4, "shiftX": -1, "shiftY": 4, "clutter": 0},
]
SPECIAL = [("affine", theta) for theta in (
    [1, 0, 0, 0, 1, 0], [-1, 0, 0, 0, 1, 0], [1, 0, 0, 0, -1, 0], [0, 0, 0, 0, 1, 0],
    [2, 0, 0, 0, 2, 0], [1, 0.1, 0, 0, 1, 0],
)]  # fmt: skip

SCRIPT = """
import { decodeLayers } from "WEB/network/decode.js";
import { describeTheta } from "WEB/network/description.js";
import { addClutter, moveImage } from "WEB/network/distortion.js";
import { centerDigit, centerOfMass, inkBox, rasterize, resize } from "WEB/network/drawing.js";
import { regionOutline } from "WEB/network/outlines.js";
import { motionAngle } from "WEB/network/sampling.js";
import { angleScores, turnCurve } from "WEB/network/turning.js";
import { runSlices } from "WEB/recognition/slices.js";
const tensor = ({ shape, data }) => ({ shape, data: Float32Array.from(data) });
const drawing = rasterize(payload.strokes);
const centered = centerDigit(drawing, 28, 28);
const [turned, chained] = payload.networks;
const layers = decodeLayers(turned.weights.layers);
const scores = angleScores(turned.network, layers, tensor(turned.U), 3, 0);
const curve = turnCurve(scores, 8);
const image = tensor(payload.image);
const others = [tensor(payload.other)];
const clutter = [0, 1, 9].map((count) => [...addClutter(image, others, count, 1).data]);
const slices = runSlices(payload.run).map((slice) => [slice.name, slice]);
console.log(JSON.stringify({
  drawing: [...drawing.data],
  box: inkBox(drawing),
  centered: [...centered.image.data],
  mass: centerOfMass(centered.image),
  empty: centerDigit(rasterize([]), 28, 28),
  resized: payload.boxes.map(([box, height, width]) =>
    [...resize({ height: 18, width: 22, data: image.data }, box, height, width).data]),
  moved: payload.motions.map((motion) => [...moveImage(image, motion).data]),
  clutter,
  words: payload.thetas.map((each) => describeTheta(each.theta, each, each.size)),
  angles: payload.thetas.map((each) => motionAngle(each.theta, each, each.size)),
  own: scores.angle,
  scores: payload.angles.map((angle) => scores.score(angle))
    .map((score) => ({ ...score, V: [...score.V.data] })),
  curve: { ...curve, scores: curve.scores.map(({ angle, loss }) => [angle, loss]) },
  near: [1, -1].map((step) => scores.score(scores.angle + step).loss),
  outlines: chained.network.transformers.map((_, index) =>
    regionOutline(chained.network, chained.thetas, index)),
  parsed: payload.states.map(([name, text]) => {
    const slice = new Map(slices).get(name);
    return slice.format(slice.parse(text));
  }),
  initial: slices.map(([name, slice]) => slice.format(slice.parse(slice.format(slice.initial)))
    === slice.format(slice.initial)),
}));
"""
STATES = [
    ("digit", "17"), ("digit", "-1"), ("distort", "-180,0.5,16,-16,16"), ("label", "-1"),
    ("strokes", "0000zzzz.1a2b3c4d"), ("strokes", ""), ("centering", "off"), ("turn", "-180"),
]  # fmt: skip


def blobs(seed):
    rng = np.random.default_rng(seed)
    image = ndimage.gaussian_filter(rng.random(SIZE), 1.5)
    return np.clip((image - image.min()) / np.ptp(image), 0, 1).astype(np.float32)


def random_thetas():
    """Return (family, theta) of random thetas of all families, and of special ones."""
    rng = np.random.default_rng(5)
    found = list(SPECIAL)
    for name in REGRESSED_TRANSFORMS:
        transform = make_transform(name)
        for reach in (0.05, 0.4, 1.0):
            theta = transform.identity() + reach * rng.standard_normal(transform.num_params)
            found.append((name, theta.tolist()))
    return found


@pytest.fixture(scope="module")
def networks():
    return {name: random_network(name, 1) for name in (TURNED, CHAINED)}


@pytest.fixture(scope="module")
def found(networks):
    thetas = [
        {"transform": name, "theta": list(theta), "size": [*SIZE, 1], "alignCorners": True,
         "constraints": None, "controlPoints": None}
        for name, theta in random_thetas()
    ]  # fmt: skip
    chained = networks[CHAINED]
    image, other = ({"shape": [*SIZE, 1], "data": blobs(seed).ravel().tolist()} for seed in (1, 2))
    payload = {
        "strokes": STROKES,
        "image": image,
        "other": other,
        "boxes": BOXES,
        "motions": MOTIONS,
        "thetas": thetas,
        "angles": ANGLES,
        "states": STATES,
        "run": {
            "digits": {"numWorst": 4, "count": 20}, "checkpoints": [{}, {}], "classes": ["0"] * 10,
            "network": {"transformers": [{}, {}]}, "training": {"epochs": [0, 1]}, "shown": 1,
            "drawing": None,
        },
        "networks": [
            {
                "network": each.document,
                "weights": each.weights(FLOAT32),
                "U": {"shape": each.U.shape[1:], "data": each.U.ravel().tolist()},
                "thetas": thetas_of(each),
            }
            for each in (networks[TURNED], chained)
        ],
    }  # fmt: skip
    return run_node(SCRIPT, payload)


BOXES = [
    [{"left": 0, "top": 0, "width": 22, "height": 18}, 9, 11],
    [{"left": 3, "top": 2, "width": 13, "height": 11}, 7, 5],
    [{"left": 5, "top": 5, "width": 4, "height": 3}, 9, 8],
]


def thetas_of(each):
    names = [transformer.name for transformer in each.network.transformers]
    return {name: each.outputs[f"{name}/theta"][0].tolist() for name in names}


def test_drawing_has_the_ink_of_its_strokes(found):
    image = np.array(found["drawing"]).reshape(112, 112)
    for stroke in STROKES:
        for x, y in np.reshape(stroke, (-1, 2)):
            assert image[int(y * 112 - 0.5), int(x * 112 - 0.5)] == 1
    rows, columns = np.nonzero(image >= 0.05)
    box = found["box"]
    assert (box["left"], box["top"]) == (columns.min(), rows.min())
    assert (box["width"], box["height"]) == (np.ptp(columns) + 1, np.ptp(rows) + 1)
    assert image.max() == 1
    assert image[0].max() == 0


def test_centered_digit_fills_twenty_pixels_and_has_its_mass_in_the_middle(found):
    image = np.array(found["centered"]).reshape(28, 28)
    rows, columns = np.nonzero(image)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
    np.testing.assert_allclose(ndimage.center_of_mass(image), (13.5, 13.5), atol=0.5)
    np.testing.assert_allclose(found["mass"][::-1], ndimage.center_of_mass(image), atol=1e-5)
    assert found["empty"] is None


@pytest.mark.parametrize("index", range(len(BOXES)))
def test_resize_averages_the_pixels_of_a_box(found, index):
    """Each pixel is copied to a block, so that new pixels are blocks of whole copies."""
    box, height, width = BOXES[index]
    copies = np.kron(blobs(1), np.ones((height, width)))
    top, left = box["top"] * height, box["left"] * width
    part = copies[top : top + box["height"] * height, left : left + box["width"] * width]
    blocks = part.reshape(height, box["height"], width, box["width"])
    np.testing.assert_allclose(found["resized"][index], blocks.mean(axis=(1, 3)).ravel(), atol=1e-6)


@pytest.mark.parametrize("index", range(len(MOTIONS)))
def test_move_image_has_the_signs_of_motions(found, index):
    motion = MOTIONS[index]
    spec = MotionSpec(
        rotate=-motion["rotation"],
        scale=(motion["scale"],) * 2,
        shift=(Length(motion["shiftX"], True), Length(motion["shiftY"], True)),
    )
    theta = spec.theta(1.0, MapSizes(SIZE, SIZE))
    expected = warp(blobs(1)[None, ..., None], theta[None])
    np.testing.assert_allclose(found["moved"][index], expected.ravel(), atol=1e-5)


def test_clutter_adds_pieces_one_after_another(found):
    image = blobs(1).ravel()
    none, one, nine = (np.array(each) for each in found["clutter"])
    np.testing.assert_array_equal(none, image)
    assert 0 < np.count_nonzero(one != image) <= 36
    assert np.count_nonzero(nine != image) > 40
    assert (nine >= one - 1e-6).all()
    assert nine.max() <= 1


def test_words_are_those_of_the_warp_command(found):
    for (name, theta), words in zip(random_thetas(), found["words"], strict=True):
        path = ThetaPath(name, make_transform(name), np.array(theta, float))
        assert words == describe_effect(path, MapSizes(SIZE, SIZE)), (name, theta)


def test_angle_is_that_of_the_words(found):
    cases = zip(random_thetas(), found["words"], found["angles"], strict=True)
    for (name, theta), words, angle in cases:
        if "displaced" in words:
            words = words_at_center(make_transform(name), np.array(theta, float))
        rotates = re.search(r"rotates ([\d.]+)° (clockwise|counter)", words)
        expected = float(rotates[1]) * (1 if rotates[2] == "clockwise" else -1) if rotates else 0.0
        assert angle == pytest.approx(expected, abs=0.0501), (name, theta)


def words_at_center(transform, theta):
    """Return the words on the derivative of a map at the center of V."""
    step = 1e-5
    points = np.array([[step, 0], [-step, 0], [0, step], [0, -step]]).reshape(2, 2, 2)
    right, left, below, above = transform.apply(theta[None], points)[0].reshape(4, 2)
    half = (np.array(SIZE[::-1]) - 1) / 2
    slopes = np.stack([right - left, below - above], axis=1) / (2 * step)
    slopes *= half[:, None] / half
    return describe_motion(np.column_stack([slopes, np.zeros(2)]).ravel())


def test_scores_of_an_angle_are_those_of_keras_with_that_theta(networks, found):
    """The rest of the network, in Keras, reads V of stnctl's warp by the angle."""
    each = networks[TURNED]
    model = each.page_model.model
    [transformer] = each.network.transformers
    layer = model.get_layer(transformer.name)
    theta = layer.input[1]
    rest = keras.Model([layer.output[0], theta], model.output)
    own = each.outputs[f"{transformer.name}/theta"]
    assert found["own"] == pytest.approx(-np.degrees(own[0, 0]), abs=1e-4)
    for angle, score in zip(ANGLES, found["scores"], strict=True):
        turned = np.full((1, 1), -np.radians(angle))
        V = warp(each.U.astype(float), turned, transform="rotation").astype(np.float32)
        np.testing.assert_allclose(score["V"], V.ravel(), atol=1e-4)
        logits = np.array(rest([V, own], training=False))[0].astype(float)
        shares = np.exp(logits) / np.exp(logits).sum()
        assert score["loss"] == pytest.approx(-np.log(shares[3]), abs=1e-4)
        assert score["probability"] == pytest.approx(shares[3], abs=1e-4)
        assert score["predicted"] == logits.argmax()


def test_curve_goes_around_and_has_the_slope_of_its_neighbors(found):
    curve = found["curve"]
    angles, losses = zip(*curve["scores"], strict=True)
    assert angles == tuple(range(-180, 181, 45))
    assert losses[0] == losses[-1]
    assert curve["chosen"]["angle"] == found["own"]
    after, before = found["near"]
    assert curve["slope"] == pytest.approx((after - before) / 2, rel=1e-6)


def test_outline_goes_through_all_transformers_before(networks, found):
    each = networks[CHAINED]
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]], float)
    names = [transformer.name for transformer in each.network.transformers]
    for place, transformer in enumerate(each.network.transformers):
        points, chain = corners, (*transformer.chain, transformer.name)
        for name in reversed(chain):
            traced = each.network.transformers[names.index(name)]
            sampling, align = traced.sampling, traced.sampling.align_corners
            theta = each.outputs[f"{name}/theta"].astype(float)
            source = sampling.family.apply(theta, points[:, None])[0, :, 0]
            size = traced.U.shape[:2]
            pixels = np.array([to_pixels(point, size, align_corners=align) for point in source])
            if name != chain[0]:
                before = each.network.transformers[names.index(chain[chain.index(name) - 1])]
                points = np.array([
                    from_pixels(
                        point, before.V.shape[:2],
                        align_corners=before.sampling.align_corners,
                    )
                    for point in pixels
                ])  # fmt: skip
        np.testing.assert_allclose(found["outlines"][place][::12], pixels, atol=1e-4)
    assert (
        displacements(
            each.network.transformers, [each.outputs[f"{name}/theta"] for name in names]
        ).max()
        > 0.1
    )


def test_states_have_one_text(found):
    assert found["parsed"] == [text for _, text in STATES]
    assert all(found["initial"])
