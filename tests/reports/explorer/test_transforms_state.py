"""State of the transforms view in the address, and the texts that it copies."""

import shlex

import pytest
import yaml

from tests.reports.explorer.node import run_node

SLICES = """
import { slices } from "WEB/transforms/slices.js";
const samples = [{ name: "square" }, { name: "coffee" }, { name: "digit:3" }];
const known = new Map(slices({ samples }).map((slice) => [slice.name, slice]));
const results = payload.map(([name, text]) => {
  const { parse, format } = known.get(name);
  try { return { again: format(parse(text)) }; } catch (error) { return { error: error.message }; }
});
console.log(JSON.stringify(results));
"""
SNIPPETS = """
import { transformerConfig, warpCommand } from "WEB/transforms/snippets.js";
console.log(JSON.stringify(payload.map((each) => [warpCommand(each), transformerConfig(each)])));
"""
READABLE = [
    ("image", "coffee"),
    ("image", "digit:3"),
    ("transform", "article:0.1,-0.2,3,0.5,0,0"),
    ("transform", "affine:1,0,0,0,1,0"),
    ("transform", "rotation:1.5707963"),
    ("transform", "projective:1,0,0,0,1,0,1e-7,-0.25"),
    ("transform", "thin_plate_spline:0,0,0,0,0,0,0.5,0"),
    ("sampling", "cubic,value,0.25,edges"),
    ("output", "64x20"),
    ("output", ""),
    ("pixel", "0,511"),
]
HOSTILE = [
    ("image", "own"),
    ("image", "__proto__"),
    ("image", ""),
    ("transform", ""),
    ("transform", "affine"),
    ("transform", "affine:1,0,0,0,1"),
    ("transform", "affine:1,0,0,0,1,0:2"),
    ("transform", "affine:1,0,0,0,1,1e9"),
    ("transform", "affine:1,0,0,0,1,Infinity"),
    ("transform", "affine:1,0,0,0,1,0x10"),
    ("transform", "affine:1,0,0,0,1, "),
    ("transform", "flow:" + ",".join(["0"] * 1568)),
    ("transform", "toString:1"),
    ("transform", "thin_plate_spline:" + ",".join(["0"] * 98)),
    ("transform", "thin_plate_spline:" + ",".join(["0"] * 10)),
    ("sampling", "bilinear"),
    ("sampling", "lanczos,zeros,0.5,corners"),
    ("sampling", "bilinear,zeros,2,corners"),
    ("output", "0x4"),
    ("output", "4x513"),
    ("output", "4x4x4"),
    ("output", "4.5x4"),
    ("pixel", "-1,0"),
    ("pixel", "1"),
]
SAMPLING = {"interpolation": "bilinear", "padding": "zeros", "fill": 0.5, "alignCorners": True}
NAMES = [
    "coffee",
    "digit:3",
    "it's mine.png",
    "-rf",
    "$(reboot).png",
    "a b;c",
    "`x`",
    '"',
    "\\",
    "é.png",
]


def test_addresses_are_read_back():
    assert run_node(SLICES, READABLE) == [{"again": text} for _, text in READABLE]


def test_hostile_addresses_are_refused_with_a_sentence():
    for (name, text), found in zip(HOSTILE, run_node(SLICES, HOSTILE), strict=True):
        assert found.get("error", "").endswith("."), (name, text, found)


def test_names_of_files_are_one_word_of_the_shell():
    warps = [warp(image=name) for name in NAMES]
    for name, (command, _) in zip(NAMES, run_node(SNIPPETS, warps), strict=True):
        expected = f"./{name}" if name.startswith("-") else name
        assert shlex.split(command) == ["stnctl", "warp", expected, "--theta", *"100010"]


def test_names_with_control_characters_are_left_out():
    names = ["a\nrm -rf", "a\x1b[31m", "‮gnp.exe"]
    for command, _ in run_node(SNIPPETS, [warp(image=name) for name in names]):
        assert shlex.split(command)[2] == "IMAGE"


@pytest.mark.parametrize(
    ("changes", "options"),
    [
        (
            {"family": "similarity", "theta": [0.5, 0, 1e-7, -0.25]},
            "--transform similarity --theta 0.5 0 1e-7 -0.25",
        ),
        ({"family": "projective", "theta": [1] * 8}, "--theta 1 1 1 1 1 1 1 1"),
        ({"family": "thin_plate_spline", "theta": [0] * 8}, "--points 0 0 0 0 0 0 0 0"),
        ({"family": "article", "theta": [9], "entries": [1, 2, 3, 4, 5, 6]}, "--theta 1 2 3 4 5 6"),
        ({"output": [20, 30]}, "--theta 1 0 0 0 1 0 --output-size 20 30"),
        (
            {"sampling": SAMPLING | {"interpolation": "cubic", "padding": "border"}},
            "--theta 1 0 0 0 1 0 --interpolation cubic --padding border",
        ),
        (
            {"sampling": SAMPLING | {"alignCorners": False}},
            "--theta 1 0 0 0 1 0 --no-align-corners",
        ),
        ({"sampling": SAMPLING | {"padding": "value"}}, "--theta 1 0 0 0 1 0 --fill 0.5"),
    ],
)
def test_command_has_the_options_that_differ(changes, options):
    [[command, _]] = run_node(SNIPPETS, [warp(**changes)])
    assert command == f"stnctl warp square {options}"


def test_config_is_the_transformer():
    sampling = SAMPLING | {"padding": "value", "interpolation": "area"}
    family = {"family": "thin_plate_spline", "theta": [0] * 18, "points": 3}
    [[_, config]] = run_node(SNIPPETS, [warp(**family, sampling=sampling, output=[9, 8])])
    assert yaml.safe_load(config)["model"]["transformer"] == {
        "transform": "thin_plate_spline",
        "control_points": [3, 3],
        "output_size": [9, 8],
        "interpolation": "area",
        "padding": "value",
        "fill_value": 0.5,
        "align_corners": True,
    }


def warp(**changes):
    """Return the warp of `snippets.js` for the identity, with changes."""
    identity = [1, 0, 0, 0, 1, 0]
    start = {"image": "square", "family": "affine", "theta": identity, "entries": identity}
    return start | {"points": 4, "sampling": SAMPLING, "output": None} | changes
