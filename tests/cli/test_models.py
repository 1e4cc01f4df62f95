"""Command `models`."""

import json

import pytest
import yaml

from stnctl.config.classifier_sections import CLASSIFIERS
from stnctl.config.load import parse_config
from stnctl.config.localizer_sections import LOCALIZERS
from stnctl.models.memory_use import step_bytes
from stnctl.models.network import trace_network
from tests.cli.in_process import outcome
from tests.docs.test_cli_page import ROOT


def document(*arguments):
    code, stdout, problem = outcome("models", *arguments, "--json")
    assert code == 0, problem
    return json.loads(stdout)


def test_models_lists_the_named_networks():
    found = document()
    assert [(each["kind"], each["name"]) for each in found["networks"]] == [
        *(("classifier", name) for name in CLASSIFIERS),
        *(("localization", name) for name in LOCALIZERS),
    ]
    article = found["networks"][0]
    assert article["num_params"] == 225_034
    assert article["multiply_adds"] == 26**2 * 9 * 32 + 11**2 * 9 * 32 * 64 + 1600 * 128 + 1280
    model = parse_config("", where="x").model
    assert article["step_bytes"] == step_bytes(trace_network(model, (28, 28, 1), 10), 64)


def test_models_prints_a_table():
    """The table fits in 80 columns."""
    _, text, _ = outcome("models")
    title, *lines = text.splitlines()
    lines = [line for line in lines if line.startswith(" ")]
    assert "images of 28x28x1 and 10 classes" in title
    assert "training step with 64 images" in title
    [row] = [line.split() for line in lines if line.split()[:2] == ["compact", "classifier"]]
    assert row[2:4] == ["133,418", "11,741,824"]
    assert max(map(len, lines)) <= 80
    for name, section in (*CLASSIFIERS.items(), *LOCALIZERS.items()):
        assert f" {name}: {section.__doc__.splitlines()[0]}\n" in text


def test_models_of_another_size():
    """A network that does not fit the images says so in its row."""
    options = ("--size", "20x23", "--channels", "2", "--classes", "5")
    found = document(*options)
    assert (found["input"], found["num_classes"]) == ([20, 23, 2], 5)
    rows = {each["name"]: each for each in found["networks"] if each["kind"] == "classifier"}
    assert rows["paper_cnn"]["num_params"] is None
    problem = "a convolution of 7x7 needs a map of at least 7x7, got 6x7"
    assert problem in rows["paper_cnn"]["problem"]
    model = parse_config("", where="x").model
    assert rows["article"]["num_params"] == trace_network(model, (20, 23, 2), 5).parameters
    _, text, _ = outcome("models", *options)
    assert "does not fit  " in text
    assert f"classifier paper_cnn: does not fit: model.classifier: {problem}\n" in text


@pytest.mark.parametrize("name", ["classifier:compact", "localization:article_naive", "polar"])
def test_models_show_prints_yaml_to_copy(name):
    """The printed YAML is a config whose network has the printed layers."""
    _, stdout, _ = outcome("models", "show", name)
    text, _, table = stdout.partition("\n\n")
    [shown] = document("show", name)["networks"]
    assert yaml.safe_load(shown["yaml"]) == yaml.safe_load(text)
    network = trace_network(parse_config(text, where="copied").model, (28, 28, 1), 10)
    layers = shown["layers"][1:]
    found = [(row["type"], tuple(row["output"][1:]), row["num_params"]) for row in layers]
    assert found == [
        (node.operation.base_name, node.outputs[0].shape, node.parameters)
        for node in network.nodes[: len(layers)]
    ]
    assert sum(row["num_params"] for row in layers) == shown["num_params"]
    assert f"{shown['num_params']:,} parameters, {shown['multiply_adds']:,} multiply-adds" in table


def test_models_show_of_two_kinds():
    names = [each["name"] for each in document("show", "paper_fcn")["networks"]]
    assert names == ["classifier paper_fcn", "localization paper_fcn"]


def test_models_show_of_shared_weights(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text("model: {transformer: {steps: 2, localization: paper_fcn}}", encoding="utf-8")
    _, stdout, _ = outcome("models", "show", str(path))
    rows = [line.split() for line in stdout.splitlines() if " theta " in line]
    assert rows == [["theta", "6", "198", "192"], ["theta", "6", "shared", "192"]]


def test_models_show_of_a_config_has_the_canvas_of_its_distortion():
    path = str(ROOT / "configs" / "stn_addition.yaml")
    [shown] = document("show", path)["networks"]
    assert (shown["input"], shown["num_classes"]) == ([42, 42, 2], 19)
    copied = parse_config(shown["yaml"], where="copied").model
    assert trace_network(copied, (42, 42, 2), 19).parameters == shown["num_params"]
    [shown] = document("show", path, "--size", "30x31", "--classes", "4")["networks"]
    assert (shown["input"], shown["num_classes"]) == ([30, 31, 2], 4)


def test_models_show_draws_a_figure(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "net.yaml"
    path.write_text("model: {classifier: [conv, transformer, {layer: pool, kind: global}]}\n")
    arguments = ("show", "net.yaml", "--size", "40x36", "--figure", "net.png")
    code, stdout, _ = outcome("models", *arguments)
    assert code == 0
    assert stdout.splitlines()[-1] == "net.png"
    assert "38x34x32" in stdout
    assert (tmp_path / "net.png").read_bytes().startswith(b"\x89PNG")
    code, stdout, problem = outcome("models", *arguments)
    assert (code, stdout) == (2, "")
    assert "net.png exists already" in problem
    assert document(*arguments, "--force")["files"] == ["net.png"]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("show", "artcle"), 2, "no named network 'artcle': expected a .yaml file, or one of "),
        (("show", "compct"), 2, "did you mean compact?"),
        (("show", "classifier:compct"), 2, "did you mean classifier:compact?"),
        (("show", "compact", "--size", "28"), 2, "a height and a width such as 28x28, got '28'"),
        (("show", "classifier:paper_cnn", "--size", "9x9"), 2, "does not fit images of 9x9x1"),
        (("show", "compact", "--figure", "x.png"), 2, "classifier:compact or localization:compact"),
        (("show", "speedrun", "--figure", "x.jpg"), 2, "--figure: expected a .png file, got x.jpg"),
        (("show", "speedrun", "--figure", "no/x.png"), 4, "there is no folder no"),
        (("--size", "9x9", "show", "speedrun"), 2, "--size belongs after show"),
        (("--channels", "0"), 2, "--channels"),
        (("show", "none.yaml"), 2, "none.yaml"),
    ],
)
def test_models_rejects(arguments, code, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found, stdout, problem = outcome("models", *arguments)
    assert (found, stdout) == (code, "")
    assert message in problem
    assert list(tmp_path.iterdir()) == []
