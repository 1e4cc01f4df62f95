"""docs/networks.md describes all layers, networks and keys, with valid examples."""

import json
import re

import pytest
import yaml

from stnctl.config.choices import ACTIVATIONS, HEADS
from stnctl.config.classifier_sections import CLASSIFIERS, ClassifierSection
from stnctl.config.data_section import DataConfig
from stnctl.config.layer_lists import LAYERS, MAX_LAYERS, TransformerConfig
from stnctl.config.load import parse_config
from stnctl.config.localizer_sections import LOCALIZERS
from stnctl.data.sources.dataset_loader import load_dataset
from stnctl.models.catalog import named_networks
from stnctl.models.job import Job
from stnctl.models.network import trace_network
from tests.cli.in_process import outcome
from tests.docs.test_cli_page import ROOT

PAGE = (ROOT / "docs" / "networks.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
REQUIRED = object()
"""Mark of a key without a default."""


def section(title):
    """Return the text below a heading, up to the next one of the same level."""
    return re.split(r"^## ", PAGE.split(f"\n## {title}\n")[1], flags=re.MULTILINE)[0]


def rows(text):
    """Return the cells of the rows of the tables in ``text`` that begin with a name."""
    lines = re.findall(r"^\| `(\w+)` \|(.*)\|$", text, re.MULTILINE)
    return {name: [cell.strip() for cell in rest.split("|")] for name, rest in lines}


def documented(cell):
    """Return the keys with defaults of a cell such as "`size: 2`, `branches`"."""
    found = {}
    for text in re.findall(r"`([^`]+)`", cell):
        key, colon, default = text.partition(":")
        found[key] = yaml.safe_load(default) if colon else REQUIRED
    return found


def defaults(kind, *excluded):
    """Return the keys of a section with their defaults as in YAML."""
    found = {}
    for name, field in kind.model_fields.items():
        if name not in excluded:
            value = REQUIRED if field.is_required() else field.get_default()
            found[name] = list(value) if isinstance(value, tuple) else value
    return found


@pytest.fixture(scope="module")
def digits():
    return load_dataset(DataConfig(source="digits"))


@pytest.mark.parametrize("text", EXAMPLES)
def test_networks_examples_are_networks_of_the_digits(text, digits):
    config = parse_config(text, where="docs/networks.md")
    network = Job(config, digits).network
    assert len(network.logits.shape) == 1
    assert ("transformer" in text) == bool(network.transformers)


def test_networks_how_to_is_short_and_true(tmp_path):
    title = "Put a transformer before my second convolution"
    text, _, after = section(title).partition("```yaml\n")
    example, _, after = after.partition("```")
    lines = [line for line in (text + after).splitlines() if line]
    assert len(lines) <= 15
    config = parse_config(example, where=title)
    assert config.data.source == "digits"
    network = trace_network(config.model, (28, 28, 1), 10)
    kinds = [node.operation.base_name for node in network.nodes if "local" not in node.name]
    [transformer] = network.transformers
    at = kinds.index("spatial_transformer")
    assert kinds[:at].count("conv") == kinds[at:].count("conv") == 1
    shape = "x".join(map(str, transformer.U.shape))
    assert transformer.U.shape == transformer.V.shape
    assert f"U is {shape}" in after
    path = tmp_path / "mine.yaml"
    path.write_text(example, encoding="utf-8")
    code, stdout, problem = outcome("train", str(path), "--dry-run", "--json")
    assert code == 0, problem
    model = json.loads(stdout)["model"]
    assert model["num_params"] == network.parameters
    assert "spatial_transformer" in [row["name"] for row in model["layers"]]


def test_networks_layers_keys_and_defaults():
    table = rows(section("Layers"))
    assert list(table) == list(LAYERS)
    shown = {name: documented(cells[0]) for name, cells in table.items()}
    wanted = {name: defaults(kind, "layer") for name, kind in LAYERS.items()}
    assert shown == wanted | {"transformer": {}}


def test_networks_keys_of_a_transformer():
    table = rows(section("Transformers").split("\n### ")[0])
    shown = {key: yaml.safe_load(cells[0]) for key, cells in table.items()}
    wanted = defaults(TransformerConfig, "layer")
    assert shown == wanted | {"localization": wanted["localization"].network}


@pytest.mark.parametrize(
    ("title", "kind", "kinds"),
    [
        ("Localization networks", "localization", LOCALIZERS),
        ("Classifiers", "classifier", CLASSIFIERS),
    ],
)
def test_networks_named_networks(title, kind, kinds):
    table = rows(section(title))
    assert list(table) == list(kinds)
    common = ClassifierSection.model_fields if kind == "classifier" else ("network",)
    assert {name: documented(cells[0]) for name, cells in table.items()} == {
        name: defaults(section, *common) for name, section in kinds.items()
    }
    traced = {
        each.name: f"{each.trace((28, 28, 1), 10).parameters:,}"
        for each in named_networks()
        if each.kind == kind
    }
    assert {name: cells[1] for name, cells in table.items()} == traced


def test_networks_heads_and_activations():
    assert tuple(rows(PAGE.split("\n### Heads\n")[1].split("\n### ")[0])) == HEADS
    *names, last = (f"`{name}`" for name in ACTIVATIONS)
    assert f"An `activation` is {', '.join(names)} or {last}." in PAGE
    assert f"A list has at most {MAX_LAYERS} layers." in PAGE


def test_networks_budget_is_that_of_the_whole_network():
    [text] = [text for text in EXAMPLES if "parameters: 400k" in text]
    config = parse_config(text, where="docs/networks.md")
    assert trace_network(config.model, (28, 28, 1), 10).parameters == pytest.approx(4e5, rel=0.01)
