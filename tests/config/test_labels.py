import pytest

from stnctl.config.labels import data_name, distortion_name, network_name


@pytest.mark.parametrize("source", ["a.npz", "/data/a.npz", "../a.npz/"])
def test_data_name_preset(source):
    assert data_name(source) == "a.npz"


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ({"set": "R", "rotation": [0, 1]}, "R"),
        ("RTS", "RTS"),
        ([{"step": "rotate"}, {"step": "canvas", "size": [9, 9]}], "rotate + canvas"),
        ([], "none"),
        (None, "?"),
        ({"set": 3}, "?"),
        ([{"step": ["x"]}, 7], "? + ?"),
    ],
)
def test_distortion_name_preset(value, name):
    assert distortion_name(value) == name


AFFINE = {"layer": "transformer", "transform": "affine"}
BRANCHES = [[{"layer": "transformer", "transform": "rotation"}, {"layer": "conv"}], []]


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ({"transformer": None, "classifier": {"network": "compact"}}, "compact"),
        ({"classifier": {"filters": [4]}}, "article"),
        ({"transformer": {}, "classifier": "compact"}, "affine + compact"),
        (
            {"transformer": [AFFINE, {"transform": "rigid"}], "classifier": {}},
            "affine + rigid + article",
        ),
        (
            {"transformer": {"steps": 3, "parallel": 2}, "classifier": {}},
            "2 affine (3 steps) + article",
        ),
        ({"transformer": None, "classifier": [{"layer": "conv"}, AFFINE]}, "affine + 2 layers"),
        ({"classifier": [{"layer": "parallel", "branches": BRANCHES}]}, "rotation + 1 layer"),
        ({"classifier": [{"layer": "residual", "layers": [AFFINE]}]}, "affine + 1 layer"),
        (None, "?"),
        ({"transformer": 7, "classifier": None}, "? + ?"),
        ({"transformer": {"transform": []}, "classifier": [None, 7]}, "? + 2 layers"),
    ],
)
def test_network_name_preset(model, name):
    assert network_name(model) == name
