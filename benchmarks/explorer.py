"""Speed of the explorer's JavaScript in headless Chromium, on one thread.

    python -m benchmarks.explorer

It prints the warps per second of an image of 512 × 512 pixels, drawn on a canvas; the median time
of a digit through the article's STN (`configs/stn.yaml`) and that of `configs/stn_rts.yaml`, as the
page runs them; and that of the curve of the loss over 72 angles. The digits are the embedded ones;
the weights are the first ones of the seed, so a run needs no download and no training. It takes
about half a minute and needs Chromium, ChromeDriver and `pip install -e ".[browser]"`.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from stnctl.config.load import load_config
from stnctl.evaluation.run_loader import first_model
from stnctl.models.backend import start_backend
from stnctl.models.job import load_job
from stnctl.reports.explorer.bundle import bundle, web_modules
from stnctl.reports.explorer.explorer_page import json_text
from stnctl.reports.explorer.network_document import network_document
from stnctl.reports.explorer.page_models import PageModel, logits_of
from stnctl.reports.explorer.page_weights import weights_document
from tests.browser.chromium import start_chromium

CONFIGS = Path(__file__).parents[1] / "configs"
NETWORKS = ("stn", "stn_rts")
"""Names of the measured networks; the first one is the article's."""

DIGITS = 50
GOAL_MS = 20
"""Time of a digit that the page must not exceed."""

GOAL_WARPS = 60
"""Least number of bilinear warps per second."""

SIDE, REPEATS = 512, 100
BILINEAR = "bilinear, similarity"

WARPS = """
import { makeSampler } from "./geometry/sampler.js";
import { makeTransform } from "./geometry/transforms.js";
const { side, repeats } = JSON.parse(document.getElementById("data").textContent);
const data = Uint8ClampedArray.from({ length: side * side * 4 }, (_, k) => (k * 7919) % 256);
const U = { height: side, width: side, channels: 4, data };
const canvas = document.createElement("canvas");
document.documentElement.append(canvas);
[canvas.width, canvas.height] = [side, side];
const context = canvas.getContext("2d");
const pixels = new ImageData(side, side);
const V = { ...U, data: pixels.data };
window.measured = {};
for (const [interpolation, family, reach] of [
  ["bilinear", "similarity", 0.2],
  ["bilinear", "projective", 0.1],
  ["bilinear", "thin_plate_spline", 0.1],
  ["bicubic", "similarity", 0.2],
  ["cubic", "similarity", 0.2],
]) {
  const sampler = makeSampler(U, { interpolation, padding: "value", fillValue: [0, 0, 0, 255] });
  const transform = makeTransform(family);
  window.measured[`${interpolation}, ${family}`] = Array.from({ length: repeats }, (_, k) => {
    const theta = transform.identity().map((value, n) => value + reach * Math.sin(k + n));
    const start = performance.now();
    sampler.read(transform.rows(theta, [side, side], true), [side, side], V);
    context.putImageData(pixels, 0, 0);
    return performance.now() - start;
  });
}
"""

NETWORK = """
import { decodeLayers } from "./network/decode.js";
import { runNetwork } from "./network/graph.js";
import { angleScores, turnCurve } from "./network/turning.js";
const { network, layers, digits } = JSON.parse(document.getElementById("data").textContent);
const weights = decodeLayers(layers);
const shape = network.inputShape;
const inputs = digits.map((digit) => ({ shape, data: Float32Array.from(digit) }));
function timed(call) {
  const start = performance.now();
  call();
  return performance.now() - start;
}
const lookAll = () => inputs.map((U) => timed(() => runNetwork(network, weights, U)));
lookAll();
const looks = [...lookAll(), ...lookAll(), ...lookAll()];
const curves = inputs.slice(0, 5).map((U) =>
  timed(() => turnCurve(angleScores(network, weights, U, 0, 0), 72)));
window.measured = { looks, curves };
"""


def main() -> None:
    """Measure, print the medians, and exit with 1 if a goal is missed."""
    warps = run_in_chromium(WARPS, {"side": SIDE, "repeats": REPEATS})
    rates = {name: 1000 / float(np.median(times)) for name, times in warps.items()}
    for name, rate in rates.items():
        goal = f", goal at least {GOAL_WARPS}" if name == BILINEAR else ""
        print(f"warps of {SIDE} × {SIDE} pixels, {name}: {rate:.0f} per second{goal}")
    start_backend(threads=2)
    looks = []
    for name in NETWORKS:
        measured = run_in_chromium(NETWORK, network_data(name))
        look, curve = (float(np.median(measured[each])) for each in ("looks", "curves"))
        looks.append(look)
        print(f"a digit through the network {name}: {look:.1f} ms, goal at most {GOAL_MS} ms")
        print(f"the loss over 72 angles, with {name}: {curve:.0f} ms")
    sys.exit(max(looks) > GOAL_MS or rates[BILINEAR] < GOAL_WARPS)


def network_data(name: str) -> dict[str, Any]:
    """Return a network with its first weights, and digits of its set, as JSON data."""
    job = load_job(load_config(CONFIGS / f"{name}.yaml", overrides=["data.source=digits"]))
    U = job.examples("test").inputs(np.arange(DIGITS))
    page_model = PageModel("first weights", 0, first_model(job))
    weights = weights_document(
        job.network, page_model, "float16", U, logits_of(page_model.model, U)
    )
    return {
        "network": network_document(job.network, job.config.model),
        "layers": weights["layers"],
        "digits": U.reshape(DIGITS, -1).tolist(),
    }


def run_in_chromium(script: str, data: dict[str, Any]) -> dict[str, Any]:
    """Run a module in a page, and return its ``window.measured``.

    Args:
        script: Text of a module beside `main.js`, which imports modules of the explorer.
        data: JSON data in the element #data.
    """
    entries = ("main.js", "worker.js")
    modules = {name: text for name, text in web_modules().items() if name not in entries}
    code = bundle({**modules, "benchmark.js": script})
    text = f'<script type="application/json" id="data">{json_text(data)}</script>'
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "benchmark.html"
        page.write_text(f"<!doctype html>{text}<script>{code}</script>", encoding="utf-8")
        browser = start_chromium(Path(folder) / "profile")
        try:
            browser.get(page.as_uri())
            measured = browser.execute_script("return JSON.stringify(window.measured)")
            return dict(json.loads(measured))
        finally:
            browser.quit()


if __name__ == "__main__":
    main()
