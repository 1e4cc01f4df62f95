import xml.etree.ElementTree as ET

import numpy as np

from stnctl.figures.pose_charts import PosePart, alignment_svg, pose_svg

SVG = "{http://www.w3.org/2000/svg}"
LABELS = np.arange(100) % 5


def texts(svg):
    return [element.text for element in ET.fromstring(svg).iter(f"{SVG}text")]


def test_pose_svg_shows_parts_and_classes():
    random = np.random.default_rng(0)
    parts = [PosePart(name, random.normal(size=100)) for name in ("rotation (degrees)", "shear")]
    svg = pose_svg(parts, LABELS, "p")
    assert {"rotation (degrees)", "shear", "0", "1", "2", "3", "4"} <= set(texts(svg))


def test_alignment_svg_has_a_panel_for_each_part():
    drawn = np.linspace(-60, 60, 100)
    svg = alignment_svg({"rotation (degrees)": (drawn, drawn), "scale": (drawn, -drawn)}, "p")
    assert texts(svg).count("drawn") == 2
    assert texts(svg).count("undone") == 1
