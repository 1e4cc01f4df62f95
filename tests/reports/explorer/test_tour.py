from stnctl.reports.explorer.samples import samples
from tests.reports.explorer.node import run_node

SCRIPT = """
import { STOPS } from "WEB/app/tour.js";
import { applyAddress } from "WEB/app/address.js";
import { createStore } from "WEB/app/store.js";
import { slices } from "WEB/transforms/slices.js";
import { runSlices } from "WEB/recognition/slices.js";
globalThis.requestAnimationFrame = () => 0;
const run = {
  digits: { count: 9, numWorst: 2 }, checkpoints: [{}], network: { transformers: [{}] },
  classes: ["0"], training: null, drawing: null, shown: 0,
};
const store = createStore([...slices({ samples: payload, run }), ...runSlices(run)]);
console.log(JSON.stringify(STOPS.map(({ section, address }) => [
  section, applyAddress(store, address), store.get("image"),
])));
"""


def test_each_stop_sets_an_example():
    found = run_node(SCRIPT, samples())
    assert len(found) == 5
    assert {section for section, _, _ in found} == {"pictures", "pixel-view", "turn-view"}
    assert [problems for _, problems, _ in found] == [[]] * 5
    assert [image for _, _, image in found] == ["square", "coffee", "digit:3", "square", "square"]
