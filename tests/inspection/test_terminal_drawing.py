import numpy as np

from stnctl.inspection.examples import InspectedExamples
from stnctl.inspection.inspected_example import InspectedExample
from stnctl.inspection.terminal_drawing import examples_drawing
from tests.inspection.networks import ROTATED, inspected, job_of


def test_examples_drawing_of_u_and_v(tmp_path, keras_backend):
    examples = inspected(job_of(tmp_path, {}), ROTATED)
    text = examples_drawing(examples, 80, "ascii")
    blocks = [block.splitlines() for block in text.split("\n\n")]
    assert [block[0].partition(":")[0] for block in blocks] == [
        f"example {item.index}" for item in examples.items
    ]
    for block in blocks:
        assert block[1].startswith("rotates 45.0° counterclockwise, grows to 1.41 times its size")
        assert max(map(len, block[2:])) <= 80


def test_examples_drawing_without_transformer():
    items = [InspectedExample(7, 1, 2, probability=0.5, loss=1.0)]
    text = examples_drawing(InspectedExamples(items, np.ones((1, 4, 4, 1)), []), 40, "ascii")
    first, *lines = text.splitlines()
    assert first == "example 7: True: 1, Pred: 2 (50.0%)"
    assert len(lines) >= 2
