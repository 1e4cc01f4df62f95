"""Warps of the explorer compared with those of `stnctl.geometry`, in one process of Node.js."""

import numpy as np
import pytest

from stnctl.geometry import make_transform, sample
from stnctl.geometry.grid import regular_grid
from stnctl.geometry.registries import INTERPOLATIONS, PADDINGS, TRANSFORMS
from tests.reports.explorer.node import run_node

CASES = 500
SIZES = ((6, 9), (7, 7), (1, 5), (5, 1), (12, 4), (1, 1))
CONSTRAINTS = ((None, 0.0, None), (0.25, None, 0.1))
STEP = 1e-6

SCRIPT = """
import { makeSampler } from "WEB/geometry/sampler.js";
import { makeTransform, TRANSFORMS } from "WEB/geometry/transforms.js";
import { INTERPOLATIONS } from "WEB/geometry/interpolation.js";
import { PADDINGS } from "WEB/geometry/padding.js";
import { warp } from "WEB/geometry/warp.js";
const results = payload.map((each) => {
  const transform = makeTransform(each.name, each.options);
  const options = { ...each.sampling, transform, outputSize: each.outputSize };
  const [height, width, channels] = each.shape;
  const U = { height, width, channels, data: Float64Array.from(each.pixels, (v) => v / 255) };
  const bytes = { ...U, data: Uint8ClampedArray.from(each.pixels) };
  const V = warp(U, each.theta, options).data;
  const fillValue = each.sampling.fillValue.map((v) => v * 255);
  const rounded = warp(bytes, each.theta, { ...options, fillValue }).data;
  const found = { V: [...V], rounded: [...rounded], identity: transform.identity(),
    parameters: transform.parameters, bounds: transform.bounds };
  if (each.target === null) return found;
  const rows = transform.rows(each.theta, each.outputSize, each.sampling.alignCorners);
  const { value, dx, dy } =
    makeSampler(U, each.sampling).inspect(rows, each.outputSize, ...each.place);
  const slopes = transform.jacobian(each.theta, ...each.target);
  const dtheta = [...slopes.dx].map((_, k) =>
    [...dx].map((slope, c) => slope * slopes.dx[k] + dy[c] * slopes.dy[k]));
  return { ...found, value: [...value], dtheta };
});
console.log(JSON.stringify({ results, names: [TRANSFORMS, INTERPOLATIONS, PADDINGS] }));
"""


def random_case(number):
    """Return a case: all names in turn, with sizes, images and thetas at random."""
    rng = np.random.default_rng(number)
    name = list(TRANSFORMS)[number % len(TRANSFORMS)]
    size, output_size = (SIZES[rng.integers(len(SIZES))] for _ in range(2))
    options: dict[str, object] = {}
    if name == "affine" and rng.random() < 0.5:
        options = {"constraints": CONSTRAINTS}
    if name == "thin_plate_spline" and rng.random() < 0.7:
        options = {"control_points": tuple(rng.integers(2, 6, 2).tolist())}
    if name == "flow":
        options = {"size": output_size if rng.random() < 0.5 else (5, 4)}
    transform = make_transform(name, **options)
    reach = (0.02, 0.3, 1.5)[number // 11 % 3]
    theta = transform.identity() + reach * rng.standard_normal(transform.num_params)
    if number % 50 == 49 and name != "thin_plate_spline":
        theta[rng.integers(len(theta))] = 1e20
    channels = int(rng.choice([1, 3, 4]))
    return {
        "transform": transform,
        "theta": theta,
        "pixels": rng.integers(0, 256, (*size, channels)),
        "output_size": output_size,
        "sampling": {
            "interpolation": list(INTERPOLATIONS)[number // 11 % len(INTERPOLATIONS)],
            "padding": list(PADDINGS)[rng.integers(len(PADDINGS))],
            "fill_value": tuple(rng.integers(0, 256, channels) / 255),
            "align_corners": bool(rng.integers(2)),
        },
        "name": name,
        "options": options,
        "place": [int(rng.integers(side)) for side in output_size],
    }


def reference(case):
    """Return V (H', W', C), in float64."""
    align_corners = case["sampling"]["align_corners"]
    grid = case["transform"].grid(
        case["theta"][None], case["output_size"], align_corners=align_corners
    )
    return sample((case["pixels"] / 255)[None], grid, **case["sampling"])[0]


def at_place(case, change):
    """Return the channels of the case's pixel of V, for a changed theta."""
    return reference(case | {"theta": case["theta"] + change})[tuple(case["place"])]


def target(case):
    """Return the normalized target point of the case's pixel; None without derivatives."""
    if case["name"] == "flow" or not (np.abs(case["theta"]) < 100).all():
        return None
    lattice = regular_grid(
        case["output_size"], align_corners=case["sampling"]["align_corners"], dtype="float64"
    )
    return lattice[tuple(case["place"])].tolist()


def camel(options):
    """Return options with the names of JavaScript."""
    names = {"fill_value": "fillValue", "align_corners": "alignCorners"}
    names["control_points"] = "controlPoints"
    return {names.get(name, name): value for name, value in options.items()}


@pytest.fixture(scope="module")
def compared():
    cases = [random_case(number) for number in range(CASES)]
    payload = [
        {
            "name": case["name"],
            "options": camel(case["options"]),
            "theta": case["theta"].tolist(),
            "shape": case["pixels"].shape,
            "pixels": case["pixels"].ravel().tolist(),
            "outputSize": case["output_size"],
            "sampling": camel(case["sampling"]),
            "place": case["place"],
            "target": target(case),
        }
        for case in cases
    ]
    found = run_node(SCRIPT, payload)
    return cases, found["results"], found["names"]


def test_names_are_those_of_the_registries(compared):
    assert compared[2] == [list(TRANSFORMS), list(INTERPOLATIONS), list(PADDINGS)]


def test_families_have_the_same_parameters(compared):
    for case, found, _ in zip(*compared[:2], range(60), strict=False):
        transform = case["transform"]
        assert found["parameters"] == list(transform.parameters)
        assert np.allclose(found["bounds"], transform.bounds, rtol=1e-12)
        assert found["identity"] == transform.identity().tolist()


def test_warps_are_those_of_python(compared):
    most = 0.0
    for case, found in zip(*compared[:2], strict=True):
        V = reference(case)
        difference = np.abs(np.reshape(found["V"], V.shape) - V).max()
        assert difference <= 1e-5, (difference, case)
        rounded = np.round(np.clip(V, 0, 1) * 255)
        assert np.abs(np.reshape(found["rounded"], V.shape) - rounded).max() <= 1, case
        most = max(most, difference)
    assert most > 0


def test_derivatives_are_the_differences_of_warps(compared):
    """Compared with differences of Python's warp, where the pixel's kernel has no kink."""
    checked = 0
    for case, found in zip(*compared[:2], strict=True):
        interpolation = case["sampling"]["interpolation"]
        if "dtheta" not in found or interpolation == "area":
            continue
        assert np.allclose(found["value"], at_place(case, 0), atol=1e-5)
        slopes = np.array(found["dtheta"])
        for k in {0, len(slopes) // 2, len(slopes) - 1}:
            step = STEP * (np.arange(len(slopes)) == k)
            low, middle, high = (at_place(case, by) for by in (-step, 0 * step, step))
            if np.abs(high - 2 * middle + low).max() > 1e-9:
                continue  # a kink of the kernel
            expected = (high - low) / (2 * STEP)
            assert np.allclose(slopes[k], expected, rtol=1e-4, atol=1e-4), case
            checked += bool(np.abs(expected).max() > 0.01)
    assert checked > 300
