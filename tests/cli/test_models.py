"""Command `models`, with the real program."""

import json

import pytest
import yaml

from stnctl.config.classifier_sections import CLASSIFIERS
from stnctl.config.load import parse_config
from stnctl.config.localizer_sections import LOCALIZERS
from stnctl.models.network import trace_network


def test_models_lists_the_named_networks(stnctl):
    document = json.loads(stnctl("models", "--json").stdout)
    found = [(each["kind"], each["name"]) for each in document["networks"]]
    assert found == [
        *(("classifier", name) for name in CLASSIFIERS),
        *(("localization", name) for name in LOCALIZERS),
    ]
    article = document["networks"][0]
    assert article["num_params"] == 225_034
    assert article["multiply_adds"] == 26**2 * 9 * 32 + 11**2 * 9 * 32 * 64 + 1600 * 128 + 1280
    text = stnctl("models").stdout
    assert "images of 28x28x1 and 10 classes" in text
    assert "225,034" in text
    for name in (*CLASSIFIERS, *LOCALIZERS):
        assert f" {name}: " in text


def test_models_of_another_size(stnctl):
    """A network that does not fit the images says so in its row."""
    options = ("--size", "20x23", "--channels", "2", "--classes", "5")
    document = json.loads(stnctl("models", *options, "--json").stdout)
    assert (document["input"], document["num_classes"]) == ([20, 23, 2], 5)
    rows = {each["name"]: each for each in document["networks"] if each["kind"] == "classifier"}
    assert rows["paper_cnn"]["num_params"] is None
    assert (
        "a convolution of 7x7 needs a map of at least 7x7, got 6x7" in rows["paper_cnn"]["problem"]
    )
    config = parse_config("", where="x")
    assert rows["article"]["num_params"] == trace_network(config.model, (20, 23, 2), 5).parameters
    assert "too small" in stnctl("models", *options).stdout


@pytest.mark.parametrize("name", ["classifier:compact", "localization:paper_cnn", "speedrun"])
def test_models_show_prints_yaml_to_copy(stnctl, name):
    """The printed YAML is a config whose network has the listed parameters."""
    done = stnctl("models", "show", name)
    text = done.stdout.partition("\n\n")[0]
    document = json.loads(stnctl("models", "show", name, "--json").stdout)
    [shown] = document["networks"]
    assert yaml.safe_load(shown["yaml"]) == yaml.safe_load(text)
    model = parse_config(text, where="copied").model
    network = trace_network(model, (28, 28, 1), 10)
    if name.startswith("localization"):
        listed = {row["name"]: row["num_params"] for row in shown["layers"]}
        parameters = {node.name: node.parameters for node in network.nodes if node.name in listed}
        assert listed == {"U": 0, **parameters}
    else:
        assert shown["num_params"] == network.parameters
        assert f"{network.parameters:,} parameters" in done.stdout


def test_models_show_a_config_with_a_figure(stnctl):
    path = stnctl.folder / "net.yaml"
    path.write_text("model: {classifier: [conv, transformer, {layer: pool, kind: global}]}\n")
    arguments = ("models", "show", "net.yaml", "--size", "40x36", "--figure", "net.png")
    done = stnctl(*arguments)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "net.png"
    assert "spatial_transformer" in done.stdout
    assert "38x34x32" in done.stdout
    assert (stnctl.folder / "net.png").read_bytes().startswith(b"\x89PNG")
    again = stnctl(*arguments)
    assert again.returncode == 2
    assert "net.png exists" in again.stderr
    assert stnctl(*arguments, "--force").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("show", "artcle"), "no named network 'artcle': expected one of article, paper_fcn"),
        (("show", "compct"), "did you mean compact?"),
        (("show", "compact", "--size", "28"), "a height and a width such as 28x28, got '28'"),
        (("show", "classifier:paper_cnn", "--size", "9x9"), "does not fit images of 9x9x1"),
        (
            ("show", "compact", "--figure", "x.png"),
            "name classifier:compact or localization:compact",
        ),
        (("show", "speedrun", "--figure", "x.jpg"), "a name that ends with .png, got 'x.jpg'"),
        (("--channels", "0"), "--channels"),
        (("show", "none.yaml"), "none.yaml"),
    ],
)
def test_models_rejects(stnctl, arguments, message):
    done = stnctl("models", *arguments)
    assert done.returncode == 2, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
