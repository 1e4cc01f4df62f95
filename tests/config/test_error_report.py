import pytest
from pydantic import ValidationError, field_validator

from stnctl.config.error_report import explain_validation
from stnctl.config.json_schema import section_json_schema
from stnctl.config.load import parse_config
from stnctl.config.raw import parse_raw
from stnctl.config.section import Section
from stnctl.errors import ConfigError, ConfigProblem

CLASSIFIER = "c.yaml:1:22: model.classifier"
ALL_KEYS = "extends, schema_version, name, seed, data, model, train, limits"
TRAIN_KEYS = (
    "epochs, batch_size, optimizer, learning_rate, betas, momentum, weight_decay, "
    "learning_rate_of, freeze, start_from, clip_norm, penalties, label_smoothing, class_weights, "
    "schedule, stages, on_collapse, ema, patience, checkpoint_every, snapshots, report, sinks, "
    "threads, precision, distribute"
)

ONE_PROBLEM = [
    # unknown keys
    ("sed: 1", "c.yaml:1:1: sed: unknown key, did you mean seed?"),
    ("x: 1", f"c.yaml:1:1: x: unknown key, expected one of {ALL_KEYS}"),
    ("train:\n  qqq: 1", f"c.yaml:2:3: train.qqq: unknown key, expected one of {TRAIN_KEYS}"),
    (
        "train:\n  lerning_rate: 1",
        "c.yaml:2:3: train.lerning_rate: unknown key, did you mean learning_rate?",
    ),
    ("epochs: 1", "c.yaml:1:1: epochs: unknown key here, epochs belongs in train"),
    ("train.epochs: 1", "c.yaml:1:1: 'train.epochs': unknown key here, epochs belongs in train"),
    ("train: {seed: 1}", "c.yaml:1:9: train.seed: unknown key here, seed belongs in the top level"),
    (
        "units: 1",
        "c.yaml:1:1: units: unknown key here, units belongs in "
        "model.transformer.localization.bottleneck or model.transformer.localization or "
        "model.classifier",
    ),
    ('"a\\nb": 1', "c.yaml:1:1: 'a\\nb': unknown key, expected one of"),
    ("scale: 1", "c.yaml:1:1: scale: unknown key here, scale belongs in data.distortion"),
    ("extend: a.yaml", "c.yaml:1:1: extend: unknown key, did you mean extends?"),
    (
        "data: {extends: a.yaml}",
        "c.yaml:1:8: data.extends: unknown key here, extends belongs in the top level",
    ),
    # sections
    ("train: 3", f"c.yaml:1:1: train: expected a section with the keys {TRAIN_KEYS}, got 3"),
    ("train:", f"c.yaml:1:1: train: expected a section with the keys {TRAIN_KEYS}, got null"),
    (
        "[1]",
        f"c.yaml:1:1: expected a section with the keys {ALL_KEYS}, got [1]",
    ),
    (
        "text",
        f"c.yaml:1:1: expected a section with the keys {ALL_KEYS}, got",
    ),
    (
        "model: {transformer: yes}",
        "c.yaml:1:9: model.transformer: expected a section, or a list of at most 16 transformers, "
        "or null, got 'yes'",
    ),
    # whole numbers
    (
        "train:\n  epochs: ten",
        "c.yaml:2:3: train.epochs: expected a whole number from 1 to 100000, got 'ten'",
    ),
    ("train: {epochs: 0}", "expected a whole number from 1 to 100000, got 0"),
    ("train: {epochs: true}", "expected a whole number from 1 to 100000, got true"),
    ("train: {epochs: 1e3}", "expected a whole number from 1 to 100000, got 1000.0"),
    ("train: {epochs: '10'}", "expected a whole number from 1 to 100000, got '10'"),
    ("train: {epochs: null}", "expected a whole number from 1 to 100000, got null"),
    ("train: {epochs: {a: 1}}", "expected a whole number from 1 to 100000, got a section"),
    ("seed: -1", "c.yaml:1:1: seed: expected a whole number from 0 to 4294967295, got -1"),
    ("seed: 4294967296", "expected a whole number from 0 to 4294967295, got 4294967296"),
    ("seed: .nan", "expected a whole number from 0 to 4294967295, got .nan"),
    ("seed: " + "9" * 90, "expected a whole number from 0 to 4294967295, got 9999"),
    ("seed: 12:30", "got '12:30'"),
    # numbers
    ("train: {learning_rate: 0}", "train.learning_rate: expected a finite number above 0, got 0"),
    ("train: {learning_rate: .inf}", "expected a finite number above 0, got .inf"),
    ("train: {learning_rate: -.inf}", "expected a finite number above 0, got -.inf"),
    ("train: {learning_rate: .nan}", "expected a finite number above 0, got .nan"),
    ("train: {learning_rate: 1e999}", "expected a finite number above 0, got .inf"),
    ("train: {learning_rate: fast}", "expected a finite number above 0, got 'fast'"),
    ("train: {learning_rate: false}", "expected a finite number above 0, got false"),
    (
        "model: {classifier: {dropout: 1.0}}",
        f"{CLASSIFIER}.dropout: expected a number of at least 0 and below 1, got 1.0",
    ),
    (
        "model: {classifier: {dropout: -.1}}",
        "expected a number of at least 0 and below 1, got -0.1",
    ),
    # choices and text
    (
        "model: {classifier: {activation: rellu}}",
        f"{CLASSIFIER}.activation: expected one of linear, relu, sigmoid, tanh, got 'rellu', "
        "did you mean relu?",
    ),
    ("model: {classifier: {activation: 3}}", "expected one of linear, relu, sigmoid, tanh, got 3"),
    ("train: {optimizer: Adam}", "expected one of adam, adamw, sgd, got 'Adam', did you mean adam"),
    ("data: {offline: digit}", "data.offline: expected 'digits', or null, got 'digit', did you"),
    ("data: {source: [3]}", "data.source: expected mnist, digits, the name of another set, or a"),
    ("data: {source: ''}", "data.source: expected mnist, digits, the name of another set, or a"),
    (
        'data: {source: "a\\0"}',
        "a path of at most 4096 characters, without control characters, got 'a\\x00'",
    ),
    (
        "data: {source: " + "a" * 5000 + "}",
        "a path of at most 4096 characters, without control characters, got 'aaaa",
    ),
    (
        "data: {keys: {x_train: ''}}",
        "data.keys.x_train: expected a name of 1 to 200 characters, got",
    ),
    ("name: ../x", "name: expected a name of 1 to 64 letters, digits, '.', '_' and '-', the"),
    ("name: -3", "the first a letter or a digit, or null, got -3"),
    ("model: {transformer: {align_corners: no}}", "expected true or false, got 'no'"),
    ("model: {transformer: {align_corners: 1}}", "expected true or false, got 1"),
    # lists
    (
        "model: {classifier: {filters: [1, a]}}",
        "c.yaml:1:35: model.classifier.filters[1]: expected a whole number from 1 to 4096, got 'a'",
    ),
    ("model: {classifier: {filters: 3}}", f"{CLASSIFIER}.filters: expected a list of at most 12"),
    (
        f"model: {{classifier: {{filters: {[1] * 20}}}}}",
        "expected a list of at most 12 items, each a whole number from 1 to 4096, got a list of 20",
    ),
    (
        "model: {transformer: {output_size: [20]}}",
        "c.yaml:1:23: model.transformer.output_size: expected [height, width], each a whole number "
        "from 1 to 4096, or null, got [20]",
    ),
    ("model: {transformer: {output_size: []}}", "expected [height, width], each"),
    ("model: {transformer: {control_points: 4}}", "expected [rows, columns], each a whole number"),
    (
        "model: {transformer: {head: bounded, bounds: [3]}}",
        "expected [low, high], each a number from -1000000.0 to 1000000.0, got 3",
    ),
    ("model: {transformer: {output_size: [1, 2, 3]}}", "4096, or null, got [1, 2, 3]"),
    (
        "model: {transformer: {output_size: [20, 0]}}",
        "c.yaml:1:41: model.transformer.output_size[1]: expected a whole number from 1 to 4096,",
    ),
    # lists of lists, and null among numbers
    (
        "model: {transformer: {constraints: [[1, 0, null], [0, 1, .inf]]}}",
        "c.yaml:1:58: model.transformer.constraints[1][2]: expected a number from -1000000.0 to "
        "1000000.0, or null, got .inf",
    ),
    (
        "model: {transformer: {constraints: [[1, 0, null], [0, 1]]}}",
        "c.yaml:1:51: model.transformer.constraints[1]: expected a list of 3 items, each a number "
        "from -1000000.0 to 1000000.0 or null, got [0, 1]",
    ),
    ("model: {transformer: {constraints: 3}}", "expected a list of 2 items, each a list of 3 item"),
    (
        "model: {transformer: {head: bounded, bounds: [[1, a]]}}",
        "c.yaml:1:51: model.transformer.bounds[0][1]: expected a number from -1000000",
    ),
    (
        "model: {transformer: {transform: thin_plate_spline, control_points: [4, 1]}}",
        "c.yaml:1:73: model.transformer.control_points[1]: expected a whole number from 2 to 32,",
    ),
    # keys that belong to a choice
    (
        "model: {transformer: {constraints: [[1, 0, 0], [0, 1, 0.5]]}}",
        "c.yaml:1:23: model.transformer.constraints: all entries are fixed: expected at least one "
        "null (regressed)",
    ),
    (
        "model: {transformer: {constraints: [[1, 0, null], [0, 1, 0]], transform: rotation}}",
        "c.yaml:1:23: model.transformer.constraints: belongs to the transform affine, but the "
        "transform is rotation: set transform: affine, or leave constraints null",
    ),
    (
        "model: {transformer: {control_points: [4, 4]}}",
        "c.yaml:1:23: model.transformer.control_points: belongs to the transform "
        "thin_plate_spline, but the transform is affine: set transform: thin_plate_spline, or "
        "leave control_points null",
    ),
    (
        "model: {transformer: {bounds: [[0, 2]]}}",
        "c.yaml:1:23: model.transformer.bounds: belongs to the head bounded, but the head is null: "
        "set head: bounded, or leave bounds null",
    ),
    (  # of two errors that have one cause, one is reported
        "model: {transformer: {control_points: [4, 4], transform: thin_plate}}",
        "c.yaml:1:47: model.transformer.transform: expected one of translation, rotation, rigid",
    ),
    ("model: {transformer: {transform: flow}}", "diffeomorphic_affine, got 'flow'"),
    ("model: {transformer: {fill_value: .nan}}", "a number from -1000000.0 to 1000000.0, got .nan"),
    # keys that belong together
    (
        "data: {keys: {x_validation: a}}",
        "c.yaml:1:8: data.keys: x_validation and y_validation belong together, but y_validation is "
        "missing",
    ),
    (
        "data: {keys: {x_train: a, y_validation: b}}",
        "c.yaml:1:8: data.keys: x_validation and y_validation belong together, but x_validation is "
        "missing",
    ),
    # a union gives one error
    (
        "data:\n  validation: 0.9",
        "c.yaml:2:3: data.validation: expected a number above 0 and at most 0.5, or 'test', "
        "got 0.9",
    ),
    ("data: {validation: tset}", "or 'test', got 'tset', did you mean test?"),
    ("data: {validation: true}", "data.validation: expected a number above 0 and at most 0.5, or"),
    ("data: {validation: {share: 1}}", "or 'test', got a section"),
    (
        "data:\n  image_shape: [28, 28, x]",
        "c.yaml:2:3: data.image_shape: expected [height, width] or [height, width, channels], each "
        "a whole number from 1 to 512, or null, got [28, 28, 'x']",
    ),
    ("data: {image_shape: [784]}", "or null, got [784]"),
    ("data: {classes: [a, b, a]}", "data.classes: a is there twice"),
    ("data: {classes: [a]}", "data.classes: expected"),
    ('data: {classes: [a, b, "c\\n"]}', "data.classes[2]: expected a name of at most 100"),
    ("train: {sinks: [csv, csv]}", "train.sinks: csv is there twice"),
    ("train: {sinks: [tensorbord]}", "did you mean tensorboard?"),
    ("data: {test: 0.6}", "data.test: expected"),
    ("data: {first_label: 1000}", "data.first_label: expected"),
    ("data: {keys: {x_test: null}}", "x_test and y_test belong together, but x_test is missing"),
    ("data: {image_shape: [1, 2, 3, 4]}", "or null, got [1, 2, 3, 4]"),
]


@pytest.mark.parametrize(("text", "message"), ONE_PROBLEM)
def test_parse_config_rejects(text, message):
    with pytest.raises(ConfigError) as caught:
        parse_config(text, where="c.yaml")
    assert message in str(caught.value)
    assert str(caught.value).startswith("c.yaml:1:" if "\n" not in text else "c.yaml:2:")
    assert len(str(caught.value).splitlines()) == 1


def test_parse_config_rejects_all_in_order_of_text():
    text = "train:\n  lerning_rate: 1\n  epochs: ten\nsed: 4\nname: a b\ndata: {validation: 2}\n"
    with pytest.raises(ConfigError) as caught:
        parse_config(text, where="configs/stn.yaml")
    lines = str(caught.value).splitlines()
    assert [line.split(": ")[:2] for line in lines] == [
        ["configs/stn.yaml:2:3", "train.lerning_rate"],
        ["configs/stn.yaml:3:3", "train.epochs"],
        ["configs/stn.yaml:4:1", "sed"],
        ["configs/stn.yaml:5:1", "name"],
        ["configs/stn.yaml:6:8", "data.validation"],
    ]


def test_parse_config_rejects_with_a_bounded_message():
    text = "\n".join(f"k{index}: 1" for index in range(150))
    with pytest.raises(ConfigError) as caught:
        parse_config(text, where="c.yaml")
    lines = str(caught.value).splitlines()
    assert len(lines) == 101
    assert lines[-1] == "c.yaml: 50 more errors"


def test_explain_validation_words_of_a_validator():
    class Odd(Section):
        seed: int

        @field_validator("seed")
        @classmethod
        def _odd(cls, seed):
            if seed % 2 == 0:
                raise ValueError("must be odd")
            return seed

    with pytest.raises(ValidationError) as caught:
        Odd.model_validate_json('{"seed": 2}')
    raw = parse_raw("seed: 2", where="c.yaml")
    [problem], _ = explain_validation(caught.value, raw, section_json_schema(Odd))
    assert problem == ConfigProblem("must be odd", path="seed", origin="c.yaml:1:1")


class Layer(Section):
    inner: "Layer | None" = None
    width: int = 1


class Layers(Section):
    top: Layer = Layer()


def test_explain_validation_of_a_section_that_contains_itself():
    raw = parse_raw("height: 1", where="x")
    with pytest.raises(ValidationError) as error:
        Layers.model_validate(raw.data)
    [problem], _ = explain_validation(error.value, raw, section_json_schema(Layers))
    assert problem.sentence == "unknown key, expected one of top"
