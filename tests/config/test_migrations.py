from pathlib import Path

import pytest
import yaml

from stnctl.config import migrations
from stnctl.config.dump import changed_keys, dump_config
from stnctl.config.json_schema import expand_shorthand
from stnctl.config.load import load_config, load_resolved, parse_config
from stnctl.config.migrations import RENAMES, VERSION, Rename, migrate, renamed_to
from stnctl.config.raw import parse_raw
from stnctl.config.schema import Config
from stnctl.errors import ConfigError, InputError

ROOT = Path(__file__).parents[2]
FROZEN = ROOT / "tests" / "frozen" / "0.1.0"

TABLE = {
    2: (
        Rename("train.lr", "train.learning_rate"),
        Rename("net", "model"),
        Rename("model.cnn", "model.classifier"),
        Rename("data.warps.*.sigma", "data.warps.*.std"),
        Rename("data.warps", "data.distortion"),
    ),
    3: (
        Rename("train.method", "train.optimizer", {"momentum": "sgd"}.get),
        Rename("patience", "train.patience"),
        Rename("seed", "seed", lambda value: 0 if value == "zero" else value),
    ),
}


@pytest.fixture
def table(monkeypatch):
    monkeypatch.setattr(migrations, "RENAMES", TABLE)
    monkeypatch.setattr(migrations, "VERSION", 3)


def test_renames_preset():
    """Every version has its renames, and keys keep their lists."""
    assert list(RENAMES) == list(range(2, VERSION + 1))
    for renames in RENAMES.values():
        for rename in renames:
            assert rename.old.rpartition("*")[0] == rename.new.rpartition("*")[0]


def test_schema_version_preset():
    assert Config().schema_version == VERSION
    assert dump_config(Config()).startswith(f"schema_version: {VERSION}\nname:")
    config = parse_config(f"schema_version: {VERSION}\nseed: 3", where="c.yaml")
    assert config == Config(seed=3)


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("train: {lr: 0.5}", Config().train.model_copy(update={"learning_rate": 0.5})),
        ("train: {lr: 0.5, method: momentum}", None),
        ("schema_version: 2\ntrain: {learning_rate: 0.5, method: momentum}", None),
        ("schema_version: 3\ntrain: {learning_rate: 0.5, optimizer: sgd}", None),
    ],
)
def test_migrate_keys_and_values(text, expected):
    train = parse_config(text, where="c.yaml").train
    assert train.learning_rate == 0.5
    assert expected is None or train == expected
    assert train.optimizer == ("adam" if expected else "sgd")


@pytest.mark.usefixtures("table")
def test_migrate_sections_lists_and_items():
    text = """\
net: {cnn: {filters: [3, 4]}}
data:
  warps:
    - rotate
    - {step: elastic, sigma: 2}
    - {step: corners, sigma: 1}
patience: 7
seed: zero
"""
    new = """\
schema_version: 3
model: {classifier: {filters: [3, 4]}}
data: {distortion: [rotate, {step: elastic, std: 2}, {step: corners, std: 1}]}
train: {patience: 7}
seed: 0
"""
    old, now = (parse_config(text, where="c.yaml") for text in (text, new))
    assert old == now
    assert changed_keys(old, now) == []


@pytest.mark.usefixtures("table")
def test_migrate_keeps_origins():
    raw = migrate(parse_raw("seed: 1\nnet:\n  cnn: {filters: [1]}\npatience: 7", where="c.yaml"))
    assert raw.data == {
        "seed": 1,
        "model": {"classifier": {"filters": [1]}},
        "train": {"patience": 7},
    }
    assert {path: origin.text for path, origin in raw.origins.items()} == {
        (): "c.yaml:1:1",
        ("seed",): "c.yaml:1:1",
        ("model",): "c.yaml:2:1",
        ("model", "classifier"): "c.yaml:3:3",
        ("model", "classifier", "filters"): "c.yaml:3:9",
        ("model", "classifier", "filters", 0): "c.yaml:3:19",
        ("train",): "c.yaml:4:1",
        ("train", "patience"): "c.yaml:4:1",
    }


def problem_of(text, overrides=()):
    with pytest.raises(ConfigError) as caught:
        parse_config(text, where="c.yaml", overrides=overrides)
    return str(caught.value)


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(
    ("text", "overrides", "message"),
    [
        (
            "seed: 1\nnet:\n  cnn: {filters: [1, x]}",
            [],
            "c.yaml:3:22: model.classifier.filters[1]: expected a whole number from 1 to 4096, "
            "got 'x'",
        ),
        (
            "train: {lr: 1, learning_rate: 2}",
            [],
            "c.yaml:1:9: train.lr: renamed to train.learning_rate in schema_version 2, which is "
            "given too: remove one of them",
        ),
        (
            "train: 3\npatience: 7",
            [],
            "c.yaml:2:1: patience: renamed to train.patience in schema_version 3, but train is not "
            "a section, got 3",
        ),
        (
            "schema_version: 3\ntrain: {lr: 1}",
            [],
            "c.yaml:2:9: train.lr: unknown key, renamed to train.learning_rate in schema_version 2",
        ),
        (
            "train: {lr: 1}",
            ["train.lr=2"],
            "--set train.lr=2: unknown key, renamed to train.learning_rate in schema_version 2",
        ),
        (
            "",
            ["net.cnn.filters.0=2"],
            "--set net.cnn.filters.0=2: net: unknown key, renamed to model in schema_version 2",
        ),
    ],
)
def test_migrate_rejects(text, overrides, message):
    assert problem_of(text, overrides) == message


@pytest.mark.usefixtures("table")
def test_migrate_each_file_by_its_version(tmp_path):
    (tmp_path / "old.yaml").write_text("train: {lr: 0.5, epochs: 3}")
    (tmp_path / "new.yaml").write_text(
        "extends: old.yaml\nschema_version: 3\ntrain: {learning_rate: 0.25}"
    )
    (tmp_path / "newest.yaml").write_text("extends: new.yaml\ntrain: {lr: 0.125}")
    for name, rate in {"old": 0.5, "new": 0.25, "newest": 0.125}.items():
        train = load_config(tmp_path / f"{name}.yaml").train
        assert (train.learning_rate, train.epochs) == (rate, 3)


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize("text", ["train: 3", "net: []", "data: {warps: {sigma: 3}}", "[1]"])
def test_migrate_leaves_other_forms_to_the_validation(text):
    assert "expected" in problem_of(text) or "unknown key" in problem_of(text)


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(
    ("path", "new"),
    [
        (("train", "lr"), "train.learning_rate in schema_version 2"),
        (("data", "warps", 1, "sigma"), "data.warps[1].std in schema_version 2"),
        (("data", "warps", "x", "sigma"), None),
        (("seed",), None),
        (("train",), None),
    ],
)
def test_renamed_to(path, new):
    assert renamed_to(path) == new


@pytest.mark.parametrize("value", ["0", "-1", "one", "1.0", "true", "null", "[1]", "{a: 1}"])
def test_schema_version_rejects_what_is_no_version(value):
    assert problem_of(f"schema_version: {value}\nsed: 1").startswith(
        f"c.yaml:1:1: schema_version: expected a whole number from 1 to {VERSION}, got "
    )


def test_schema_version_rejects_newer():
    with pytest.raises(ConfigError) as caught:
        parse_config(f"a: 1\nschema_version: {VERSION + 1}\n", where="config.yaml")
    expected = f"schema_version: expected at most {VERSION}, got {VERSION + 1}"
    assert str(caught.value) == f"config.yaml:2:1: {expected}"
    assert caught.value.hint == "a newer stnctl wrote this file: update stnctl"


def test_schema_version_rejects_newer_run(tmp_path):
    (tmp_path / "config.yaml").write_text(f"schema_version: {VERSION + 1}\n")
    with pytest.raises(InputError, match=f"expected at most {VERSION}, got") as caught:
        load_resolved(tmp_path / "config.yaml")
    assert caught.value.hint == "a newer stnctl wrote this file: update stnctl"


@pytest.mark.parametrize("path", sorted((FROZEN / "configs").glob("*.yaml")), ids=lambda p: p.stem)
def test_frozen_config_is_the_current_one(path):
    """An old file means the same; only `stn_addition` has another network now."""
    same = load_config(path) == load_config(ROOT / "configs" / path.name)
    assert same is (path.stem != "stn_addition")


def assert_keeps(new, old, path=()):
    """Check that a section has all values of an older one; a name may have become its section."""
    for key, value in old.items():
        found, inner = new[key], (*path, key)
        if isinstance(value, dict):
            assert_keeps(found, value, inner)
        elif isinstance(found, dict):
            assert_keeps(found, expand_shorthand(value, inner), inner)
        else:
            assert found == value, inner


def test_frozen_run_loads():
    path = FROZEN / "run" / "config.yaml"
    config = load_resolved(path)
    assert "schema_version" not in path.read_text(encoding="utf-8")
    dumped = yaml.safe_load(dump_config(config))
    assert dumped["schema_version"] == VERSION
    old = yaml.safe_load(path.read_text(encoding="utf-8"))
    transformer = old["model"]["transformer"]
    transformer |= {key: transformer["localization"].pop(key) for key in ("head", "bounds")}
    assert_keeps(dumped, old)
    assert changed_keys(config, parse_config(dump_config(config), where="dump")) == []


OLD = (
    "model: {transformer: {localization: {head: bounded, bounds: [[-1, 1]]}, transform: rotation}}"
)
NEW = "model: {transformer: {head: bounded, bounds: [[-1, 1]], transform: rotation}}"


@pytest.mark.parametrize("version", ["", "schema_version: 1\n"])
def test_version_2_moves_head_and_bounds(version):
    old = parse_config(version + OLD, where="c.yaml")
    assert old == parse_config(f"schema_version: 2\n{NEW}", where="c.yaml")
    assert old == parse_config(NEW, where="c.yaml")
    assert old.model.transformer.head == "bounded"


def test_version_2_reads_files_of_both_versions(tmp_path):
    (tmp_path / "old.yaml").write_text(OLD)
    (tmp_path / "new.yaml").write_text(
        "extends: old.yaml\nschema_version: 2\nmodel: {transformer: {bounds: [[-2, 2]]}}"
    )
    (tmp_path / "newest.yaml").write_text(
        "extends: new.yaml\nmodel: {transformer: {localization: {bounds: [[-3, 3]]}}}"
    )
    for name, bound in {"old": 1, "new": 2, "newest": 3}.items():
        transformer = load_config(tmp_path / f"{name}.yaml").model.transformer
        assert (transformer.head, transformer.bounds) == ("bounded", ((-bound, bound),))


@pytest.mark.parametrize(
    ("text", "overrides", "message"),
    [
        (
            OLD,
            ["model.transformer.localization.head=residual"],
            "--set model.transformer.localization.head=residual: unknown key, renamed to "
            "model.transformer.head in schema_version 2",
        ),
        (
            f"schema_version: 2\n{OLD}",
            [],
            "c.yaml:2:38: model.transformer.localization.head: unknown key, renamed to "
            "model.transformer.head in schema_version 2\n"
            "c.yaml:2:53: model.transformer.localization.bounds: unknown key, renamed to "
            "model.transformer.bounds in schema_version 2",
        ),
        (
            "model: {transformer: {localization: {head: unit}, head: unit}}",
            [],
            "c.yaml:1:38: model.transformer.localization.head: renamed to model.transformer.head "
            "in schema_version 2, which is given too: remove one of them",
        ),
        (
            "model: {transformer: {localization: {head: tanh}}}",
            [],
            "c.yaml:1:38: model.transformer.head: expected one of residual, bounded, sigmoid, "
            "unit, or null, got 'tanh'",
        ),
    ],
)
def test_version_2_rejects(text, overrides, message):
    assert problem_of(text, overrides) == message
