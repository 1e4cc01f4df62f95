"""Configs in configs/: their headers, and a training step of each network."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import yaml
from jsonschema import Draft7Validator

from stnctl.config.data_section import DataConfig
from stnctl.config.distortion_sets import SETS
from stnctl.config.dump import changed_keys, dump_config
from stnctl.config.json_schema import sweep_json_schema
from stnctl.config.load import load_config, parse_config
from stnctl.config.shipped import FOLDER, SCHEMAS
from stnctl.config.shipped_header import shipped_headers
from stnctl.config.sweep_load import load_sweep
from stnctl.data.dataset import Dataset, Split
from stnctl.data.sources.dataset_loader import load_dataset
from stnctl.data.split_view import make_split_view
from stnctl.models.job import Job
from stnctl.models.network import trace_network
from stnctl.runs.checkpoint_reader import follow_pointer
from stnctl.sweeps.expansion import expand_sweep
from stnctl.training.callbacks import Interrupted
from stnctl.training.setup import make_model, open_loop
from tests.tiny import RecordingCallback, make_run

ROOT = Path(__file__).parents[1]
CONFIGS = sorted((ROOT / "configs").glob("*.yaml"))

each_config = pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)


def header(path):
    """Return the comment at the start of a config."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return "\n".join(lines[: next(n for n, line in enumerate(lines) if not line.startswith("#"))])


PAIRED = ("R", "RTS", "P", "E", "TC")
"""Distortion sets with a pair of configs, for a CNN and an STN."""

TRAINED = ("cnn", "demo", "speedrun_stn", "stn", "stn_addition", "stn_naive", "stn_tc")
"""Configs that are trained for a step; most others differ from them in the distortion only."""

NETWORKS = ("deep", "iterative")
"""Configs of other networks, which tests/models/test_network_combinations.py trains for a step."""


def test_configs_are_complete():
    paired = {f"{network}_{name.lower()}" for network in ("cnn", "stn") for name in PAIRED}
    others = {"base_cnn", "base_stn", "speedrun", *TRAINED} - paired
    assert {path.stem for path in CONFIGS} == paired | others | {*NETWORKS}


@pytest.mark.parametrize("name", [None, *PAIRED], ids=str)
def test_configs_of_a_pair_differ_in_the_transformer(name):
    cnn, stn = (
        load_config(
            ROOT / "configs" / (f"{kind}_{name.lower()}.yaml" if name else f"base_{kind}.yaml")
        )
        for kind in ("cnn", "stn")
    )
    assert changed_keys(cnn, stn) == ["name", "model.transformer"]
    assert cnn.data.distortion == SETS[name or "none"]()


@each_config
def test_config_roundtrip(path):
    config = load_config(path)
    assert parse_config(dump_config(config), where="x") == config
    assert config.name == path.stem.replace("_", "-")


@each_config
def test_config_header_has_command_time_and_accuracy(path):
    text = header(path)
    assert f"stnctl train configs/{path.name}" in text
    stated = shipped_headers()[path.stem]
    assert stated.minutes is not None
    assert stated.test_accuracy is not None
    assert 30 < len(stated.summary) < 95
    assert stated.summary in " ".join(text.replace("\n# ", "\n").splitlines())


@each_config
def test_config_header_names_the_schema(path):
    first = header(path).splitlines()[0]
    name = re.fullmatch(r"# yaml-language-server: \$schema=(.+)", first)
    assert name, first
    assert name[1] == "../schemas/stnctl.schema.json"
    assert (path.parent / name[1]).is_file()


@pytest.fixture(scope="module")
def eight_images():
    digits = load_dataset(DataConfig(source="digits"))
    few = Split(digits.train.images[:8], digits.train.labels[:8])
    return Dataset(few, few, few, "digits", digits.sha256, digits.num_classes)


@pytest.mark.usefixtures("keras_backend")
@each_config
def test_config_network_fits_its_inputs(path, eight_images):
    config = load_config(path)
    view = make_split_view(config, eight_images, "train")
    num_classes = view.num_classes(eight_images.num_classes)
    network = trace_network(config.model, view.input_shape, num_classes)
    U = view.examples().inputs(np.arange(8))
    model = make_model(Job(config, eight_images))
    logits = model(U)
    assert U.shape == (8, *model.input.shape[1:])
    assert logits.shape == (8, num_classes)
    assert model.count_params() == network.parameters
    assert np.isfinite(logits).all()


@pytest.mark.usefixtures("keras_backend")
@pytest.mark.parametrize("name", TRAINED)
def test_config_trains_a_step(name, eight_images, tmp_path):
    job = Job(load_config(ROOT / "configs" / f"{name}.yaml"), eight_images)
    run = make_run(job, tmp_path)
    loop, _ = open_loop(job, run, callback := RecordingCallback(stop_at=[1]))
    before = [np.array(weight) for weight in loop.model.get_weights()]
    with pytest.raises(Interrupted):
        loop.train()
    [(loss, _)] = callback.means
    assert 1 < loss < 5  # near log(10), or log(19)
    assert follow_pointer(run, "last").step == 1
    changed = [
        not np.array_equal(old, new)
        for old, new in zip(before, loop.model.get_weights(), strict=True)
    ]
    assert any(changed)


SWEEPS = sorted((ROOT / "configs" / "sweeps").glob("*.yaml"))


@pytest.mark.parametrize("path", SWEEPS, ids=lambda path: path.stem)
def test_shipped_sweeps(path):
    """Each cell is valid, and the name is that of the file."""
    sweep = load_sweep([path])
    assert sweep.name == path.stem
    assert [cell.problem for cell in expand_sweep(sweep) if cell.problem] == []
    assert path.read_text(encoding="utf-8").startswith(
        "# yaml-language-server: $schema=../../schemas/sweep.schema.json\n#\n# "
    )
    assert f"#   stnctl sweep {path.stem}\n" in header(path)
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    Draft7Validator(sweep_json_schema()).validate(document)


def test_the_schema_of_sweeps_is_current():
    text = json.dumps(sweep_json_schema(), indent=2) + "\n"
    assert (FOLDER / SCHEMAS[1]).read_text(encoding="utf-8") == text
