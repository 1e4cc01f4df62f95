"""The stage of U: places on it, and its zoom for a frame that is far outside U."""

import numpy as np

from tests.reports.explorer.node import run_node

SCRIPT = """
import { fromStage, onStage } from "WEB/transforms/stage.js";
import { fittingShare } from "WEB/transforms/frame_paths.js";
import { familyTransform } from "WEB/transforms/families.js";
const sampling = { alignCorners: true };
const inputSize = [40, 40];
const shares = payload.thetas.map((theta) => fittingShare({
  transform: familyTransform("affine", 4, inputSize, true), state: { theta }, inputSize, sampling,
}));
const again = payload.places.map(([place, share, corners]) =>
  onStage(fromStage(place, [30, 50], corners, share), [30, 50], corners, share));
const ends = payload.shares.map((share) =>
  [[-1, -1], [1, 1]].map((point) => onStage(point, [30, 50], false, share)));
console.log(JSON.stringify({ shares, again, ends }));
"""
SHARES = [0.68, 0.34, 0.17]
TURNED = [np.sqrt(0.5), -np.sqrt(0.5), 0, np.sqrt(0.5), np.sqrt(0.5), 0]
ZOOMS = [
    ([1, 0, 0, 0, 1, 0], 0.68),
    (TURNED, 0.68),
    ([1, 0, 1, 0, 1, 0], 0.68),  # half of the frame is in sight
    ([2, 0, 0, 0, 2, 0], 0.34),  # no corner is
    ([1, 0, 1, 0, 1, 1], 0.34),  # one corner is
    ([0.5, 0, 2.2, 0, 0.5, 0], 0.34),  # the middle is not
    ([5, 0, 0, 0, 5, 0], 0.17),
    ([1, 0, 900, 0, 1, 0], 0.17),
]


def test_the_stage():
    places = [
        [[x, y], share, corners]
        for x, y in ((0, 0), (0.3, 0.9), (1, 0.5))
        for share in SHARES
        for corners in (True, False)
    ]
    payload = {"thetas": [theta for theta, _ in ZOOMS], "places": places, "shares": SHARES}
    found = run_node(SCRIPT, payload)
    assert found["shares"] == [share for _, share in ZOOMS]
    assert np.allclose(found["again"], [place for place, _, _ in places])
    for share, (start, end) in zip(SHARES, found["ends"], strict=True):
        assert np.allclose(start, (1 - share) / 2)
        assert np.allclose(end, (1 + share) / 2)
