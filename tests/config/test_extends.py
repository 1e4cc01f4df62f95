import pytest

from stnctl.config.distortion_sets import RTS, R
from stnctl.config.dump import dump_config
from stnctl.config.extends import MAX_FILES
from stnctl.config.load import load_config, parse_config
from stnctl.config.model_section import ModelConfig
from stnctl.config.schema import Config
from stnctl.config.shipped import SHIPPED_HINT
from stnctl.errors import ConfigError


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Writes YAML files by name into the current folder, and returns the path of the first."""
    monkeypatch.chdir(tmp_path)

    def write_all(**texts):
        paths = [tmp_path.joinpath(f"{name}.yaml") for name in texts]
        for path, text in zip(paths, texts.values(), strict=True):
            path.write_text(text, encoding="utf-8")
        return paths[0].relative_to(tmp_path)

    return write_all


def problem_of(path, overrides=()):
    with pytest.raises(ConfigError) as caught:
        load_config(path, overrides)
    assert caught.value.exit_code == 2
    return str(caught.value)


BASE = """\
seed: 3
data: {distortion: {set: RTS, scale: [1, 1]}, test_seed: 5}
model: {transformer: {}, classifier: {filters: [8, 8]}}
train:
  epochs: 4
"""


def test_load_config_preset_extends(write):
    text = "extends: base.yaml\ntrain: {threads: 1}\nmodel: {classifier: {filters: [4]}}\n"
    config = load_config(write(child=text, base=BASE))
    assert config == parse_config(
        BASE.replace("[8, 8]", "[4]") + "  threads: 1\n", where="both in one"
    )


def test_load_config_preset_extends_only(write):
    assert load_config(write(child="extends: base.yaml", base=BASE)) == parse_config(
        BASE, where="base.yaml"
    )
    assert load_config(write(child="extends: base.yaml", base="# nothing")) == Config()


def test_load_config_preset_extends_dump_is_complete(write):
    config = load_config(write(child="extends: base.yaml", base=BASE))
    text = dump_config(config)
    assert "extends" not in text
    assert parse_config(text, where="dump") == config


def test_load_config_preset_null_replaces_what_is_extended(write):
    config = load_config(write(c="extends: base.yaml\nmodel: {transformer: null}", base=BASE))
    assert config.model.transformer is None
    assert config.model.classifier.filters == (8, 8)


def test_load_config_preset_extends_name_is_inherited(write):
    base = "name: base"
    assert load_config(write(child="extends: base.yaml", base=base)).name == "base"
    child = "extends: base.yaml\nname: child"
    assert load_config(write(child=child, base=base)).name == "child"


@pytest.mark.parametrize(
    ("distortion", "expected"),
    [
        ("R", R()),
        ("{set: R}", R()),
        ("{set: RTS}", RTS(scale=(1.0, 1.0))),
        ("{canvas: [50, 50]}", RTS(scale=(1.0, 1.0), canvas=(50, 50))),
        ("RTS", RTS()),
        ("[]", ()),
    ],
)
def test_load_config_preset_extends_distortion(write, distortion, expected):
    text = f"extends: base.yaml\ndata: {{distortion: {distortion}}}"
    data = load_config(write(child=text, base=BASE)).data
    assert (data.distortion, data.test_seed) == (expected, 5)


def test_load_config_preset_extends_chain_relative_to_each_file(write, tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "middle.yaml").write_text("extends: ../base.yaml\nseed: 9\n")
    path = write(child="extends: sub/middle.yaml\ntrain: {batch_size: 8}\n", base=BASE)
    train, seed = load_config(path).train, load_config(path).seed
    assert (train.epochs, train.batch_size, seed) == (4, 8, 9)


def test_load_config_preset_extends_absolute_path(write, tmp_path):
    path = write(child=f"extends: {tmp_path / 'base.yaml'}", base=BASE)
    assert load_config(path).seed == 3


def test_load_config_preset_extends_in_the_home_folder(write, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "mine.yaml").write_text("seed: 8")
    assert load_config(write(child="extends: ~/mine.yaml")).seed == 8


@pytest.mark.parametrize("value", ["http://x.org/base.yaml", "HTTPS://x.org/b", "file:///b.yaml"])
def test_load_config_rejects_extends_of_an_address(write, value):
    problem = problem_of(write(child=f"extends: {value}"))
    assert problem == f"child.yaml:1:1: extends: '{value}' is an address, expected a path"


def test_load_config_preset_overrides_come_after_extends(write):
    path = write(child="extends: base.yaml\nseed: 4\n", base=BASE)
    config = load_config(path, ["train.epochs=7", "seed=5", "data.distortion.scale=[2, 3]"])
    assert (config.train.epochs, config.seed) == (7, 5)
    assert config.data.distortion == RTS(scale=(2.0, 3.0))


def test_load_config_preset_same_file_may_be_extended_by_many(write):
    write(a="extends: base.yaml", b="extends: base.yaml", base=BASE)
    assert load_config(write(a="extends: b.yaml")).seed == 3


def test_load_config_rejects_with_places_in_each_file(write):
    base = "train:\n  epochs: ten\n  threads: 0\nsed: 1\nmodel: {transformer: 3}\n"
    child = "seed: -1\nextends: base.yaml\ntrain:\n  threads: 2\n  batch: 0\n"
    lines = problem_of(write(child=child, base=base), ["data.test_seed=x"]).splitlines()
    assert [line.split(": ")[:2] for line in lines] == [
        ["base.yaml:2:3", "train.epochs"],
        ["base.yaml:4:1", "sed"],
        ["base.yaml:5:9", "model.transformer"],
        ["child.yaml:1:1", "seed"],
        ["child.yaml:5:3", "train.batch"],
        ["--set data.test_seed=x", "expected a whole number from 0 to 4294967295, got 'x'"],
    ]


def test_load_config_rejects_distortion_of_base_at_its_place(write):
    path = write(
        child="extends: base.yaml\ndata: {distortion: {rotation: [0, 1]}}",
        base="data:\n  distortion: RS",
    )
    assert problem_of(path).startswith("base.yaml:2:3: data.distortion.set: expected one of none,")


def test_load_config_rejects_yaml_of_base_at_its_place(write):
    problem = problem_of(write(child="extends: base.yaml", base="seed: 1\nseed: 2\n"))
    assert problem == "base.yaml:2:1: duplicate key 'seed', first on line 1"


@pytest.mark.parametrize("base", ["[1]", "text", "3"])
def test_load_config_rejects_base_that_is_no_section(write, base):
    problem = problem_of(write(child="extends: base.yaml", base=base))
    assert problem.startswith("base.yaml:1:1: expected a section, got ")


@pytest.mark.parametrize(
    ("value", "got"),
    [
        ("", "null"),
        ("''", "''"),
        ("[base.yaml]", "['base.yaml']"),
        ("{file: base.yaml}", "a section"),
        ('"a\\0b"', "'a\\x00b'"),
    ],
)
def test_load_config_rejects_extends_of_wrong_type(write, value, got):
    problem = problem_of(write(child=f"seed: 1\nextends: {value}\n", base=BASE))
    assert problem == f"child.yaml:2:1: extends: expected the path of a YAML file, got {got}"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("bsae.yaml", "bsae.yaml: no such file, did you mean base.yaml?"),
        ("base", "base: no such file, did you mean base.yaml?"),
        ("nowhere/base.yaml", "nowhere/base.yaml: the folder nowhere does not exist"),
        ("~no.body/base.yaml", "~no.body/base.yaml: the folder ~no.body does not exist"),
        ("folder", "folder: is a folder, expected a YAML file"),
        (".", ".: is a folder, expected a YAML file"),
        ("base.yaml/x", "base.yaml/x: can't be read: Not a directory"),
        ("n" * 300, "n: can't be read: File name too long"),
        ("loop.yaml", "loop.yaml: can't be read: Too many levels of symbolic links"),
        ("latin.yaml", "latin.yaml:2:7: the byte 0xff is not UTF-8, save the file as UTF-8"),
        ("huge.yaml", "huge.yaml:1:1: the text is longer than 65536 bytes"),
        ('"a\\nb.yaml"', "a\\nb.yaml: no such file"),
    ],
)
def test_load_config_rejects_base_that_is_not_readable(write, tmp_path, value, message):
    (tmp_path / "folder").mkdir()
    (tmp_path / "latin.yaml").write_bytes(b"seed: 1\nname: \xff")
    (tmp_path / "huge.yaml").write_bytes(b"#" * 70_000)
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    [line] = problem_of(write(child=f"seed: 1\nextends: {value}\n", base=BASE)).splitlines()
    assert line.startswith("child.yaml:2:1: extends: ")
    assert message in line


def test_load_config_rejects_missing_base_with_its_neighbors(write):
    with pytest.raises(ConfigError) as caught:
        load_config(write(child="extends: experiment.yaml", base=BASE))
    assert str(caught.value) == "child.yaml:1:1: extends: experiment.yaml: no such file"
    assert caught.value.hint == f"the YAML files in .: base.yaml, child.yaml; {SHIPPED_HINT}"


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({"a": "extends: a.yaml"}, "a.yaml:1:1: extends: files extend one another in a circle, "
         "a.yaml -> a.yaml"),
        ({"a": "extends: ./b.yaml", "b": "seed: 1\nextends: a.yaml"},
         "b.yaml:2:1: extends: files extend one another in a circle, a.yaml -> b.yaml -> a.yaml"),
        ({"a": "extends: b.yaml", "b": "extends: c.yaml", "c": "extends: b.yaml"},
         "c.yaml:1:1: extends: files extend one another in a circle, b.yaml -> c.yaml -> b.yaml"),
    ],
)  # fmt: skip
def test_load_config_rejects_circle(write, texts, message):
    assert problem_of(write(**texts)) == message


def test_load_config_rejects_circle_through_a_link(write, tmp_path):
    (tmp_path / "link.yaml").symlink_to("a.yaml")
    problem = problem_of(write(a="extends: link.yaml"))
    assert problem.endswith("in a circle, a.yaml -> link.yaml")


@pytest.mark.parametrize(("length", "fits"), [(MAX_FILES, True), (MAX_FILES + 1, False)])
def test_load_config_rejects_long_chain(write, length, fits):
    texts = {f"f{n}": f"extends: f{n + 1}.yaml" for n in range(length - 1)}
    path = write(**texts, **{f"f{length - 1}": "seed: 7"})
    if fits:
        assert load_config(path).seed == 7
    else:
        assert problem_of(path) == "f9.yaml:1:1: extends: a chain of more than 10 files"


def test_parse_config_rejects_extends():
    with pytest.raises(ConfigError) as caught:
        parse_config("seed: 1\nextends: base.yaml", where="c.yaml")
    assert str(caught.value) == (
        "c.yaml:2:1: extends: only a file can extend another, this is a text"
    )


def test_load_config_rejects_override_of_extends(write):
    problem = problem_of(write(child="seed: 1", base=BASE), ["extends=base.yaml"])
    assert problem == "--set extends=base.yaml: extends belongs in a file, and can't be set"


def test_load_config_preset_defaults_below_what_is_extended(write):
    assert load_config(write(child="extends: base.yaml", base="seed: 1")).model == ModelConfig()
