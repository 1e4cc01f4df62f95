"""Lists of layers in a config: short forms, and messages with the place of each mistake."""

import pytest

from stnctl.config.classifier_sections import CompactClassifier
from stnctl.config.layer_lists import LAYERS, MAX_LAYERS, TransformerConfig, walk_layers
from stnctl.config.layer_sections import Conv, Dense, Pool
from stnctl.config.load import parse_config
from stnctl.config.localizer_sections import LOCALIZERS, PaperFcnLocalizer
from stnctl.errors import ConfigError

ANGLES = "the head unit regresses an angle: expected the transform rotation, rigid or similarity"


def model_of(text, *overrides):
    return parse_config(f"model: {text}", where="c.yaml", overrides=overrides).model


def test_layers_have_short_forms():
    model = model_of("{classifier: [conv, {layer: pool, size: 3}, {layer: dense}]}")
    assert model.classifier == (Conv(), Pool(size=3), Dense())
    assert model_of("{classifier: compact}").classifier == CompactClassifier()
    [first, second] = model_of("{transformer: [{localization: paper_fcn}, {}]}").transformer
    assert first.localization == PaperFcnLocalizer()
    assert second == TransformerConfig() == model_of("{transformer: {}}").transformer
    assert model_of("{transformer: transformer}").transformer == TransformerConfig()
    assert model_of("{transformer: {localization: []}}").transformer.localization == ()


def test_layers_take_overrides():
    text = "{classifier: [conv, {layer: parallel, branches: [[pool]]}], transformer: [{}]}"
    model = model_of(
        text,
        "model.classifier[0].filters=5",
        "model.classifier[1].branches[0][0].size=3",
        "model.transformer[0].localization.filters=[7]",
    )
    assert model.classifier[0] == Conv(filters=5)
    assert model.classifier[1].branches == ((Pool(size=3),),)
    assert model.transformer[0].localization.filters == (7,)


def test_walk_layers_enters_blocks_and_branches():
    text = (
        "{classifier: [{layer: residual, layers: [conv]}, {layer: parallel, branches: [[pool]]}]}"
    )
    names = [layer.layer for layer in walk_layers(model_of(text).classifier)]
    assert names == ["residual", "conv", "parallel", "pool"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        # names and keys of layers
        (
            "{classifier: [conf]}",
            "1:22: model.classifier[0]: expected one of conv, pool, dense, flatten, dropout, "
            "batch_norm, activation, coords, residual, parallel, transformer, got 'conf', did you "
            "mean conv?",
        ),
        (
            "{classifier: [{layer: polo}]}",
            "1:23: model.classifier[0].layer: expected one of conv, pool,",
        ),
        (
            "{classifier: [{filters: 3}]}",
            "1:22: model.classifier[0]: the key layer is missing, expected one of conv, pool,",
        ),
        (
            "{classifier: [{conv: 3}]}",
            "1:22: model.classifier[0]: the key layer is missing, write {layer: conv, ...}",
        ),
        (
            "{classifier: [{layer: conv, filter: 3}]}",
            "1:36: model.classifier[0].filter: unknown key, did you mean filters?",
        ),
        (
            "{classifier: [pool, {layer: conv, units: 3}]}",
            "1:42: model.classifier[1].units: unknown key here, units belongs to the layer dense",
        ),
        (
            "{classifier: [{layer: conv, filters: 0}]}",
            "1:36: model.classifier[0].filters: expected a whole number from 1 to 4096, got 0",
        ),
        (
            "{classifier: [{layer: conv, padding: full}]}",
            "1:36: model.classifier[0].padding: expected one of valid, same, got 'full'",
        ),
        ("{classifier: [3]}", "1:22: model.classifier[0]: expected one of conv, pool,"),
        ("{classifier: [[conv]]}", "1:22: model.classifier[0]: expected one of conv, pool,"),
        ("{classifier: [null]}", "1:22: model.classifier[0]: expected one of conv, pool,"),
        (
            f"{{classifier: [{', '.join(['pool'] * (MAX_LAYERS + 1))}]}}",
            "1:9: model.classifier: expected one of article, paper_fcn, paper_cnn, speedrun, "
            f"compact, or a list of at most {MAX_LAYERS} layers, got a list of {MAX_LAYERS + 1}",
        ),
        # lists in layers
        (
            "{classifier: [{layer: residual, layers: conv}]}",
            "1:40: model.classifier[0].layers: expected a list of at most 64 layers, got 'conv'",
        ),
        (
            "{classifier: [{layer: residual, layers: [[conv]]}]}",
            "1:49: model.classifier[0].layers[0]: expected one of conv, pool,",
        ),
        (
            "{classifier: [{layer: residual, layers: [{layer: conv, size: 3}]}]}",
            "1:63: model.classifier[0].layers[0].size: unknown key here, size belongs to the layer "
            "pool",
        ),
        (
            "{classifier: [{layer: parallel, branches: [conv]}]}",
            "1:51: model.classifier[0].branches[0]: expected a list of at most 64 layers, got "
            "'conv'",
        ),
        (
            "{classifier: [{layer: parallel, branches: []}]}",
            "1:40: model.classifier[0].branches: expected at least one branch",
        ),
        ("{classifier: [{layer: parallel}]}", "1:22: model.classifier[0]: expected at least one"),
        ("{classifier: [parallel]}", "1:22: model.classifier[0]: expected at least one branch"),
        # named networks
        (
            "{classifier: {network: compact, units: 3}}",
            "1:40: model.classifier.units: unknown key here, units belongs to the network article "
            "or paper_fcn or speedrun",
        ),
        (
            "{classifier: compakt}",
            "1:9: model.classifier: expected one of article, paper_fcn, paper_cnn, speedrun, "
            "compact, or a list of at most 64 layers, got 'compakt', did you mean compact?",
        ),
        (
            "{classifier: {parameters: 400}}",
            "1:22: model.classifier.parameters: expected such as `400k` or `1.5M`, or null, got ",
        ),
        (
            "{classifier: {network: compact, filters: [3, 4]}}",
            "1:40: model.classifier.filters: expected a list of 5 items, each a whole number",
        ),
        # localization networks
        (
            "{transformer: {localization: [conv, transformer]}}",
            "1:23: model.transformer.localization: a localization network can't contain a "
            "transformer",
        ),
        (
            "{transformer: {localization: [{layer: parallel, branches: [[transformer]]}]}}",
            "1:23: model.transformer.localization: a localization network can't contain a",
        ),
        (
            "{classifier: [{layer: transformer, localization: [pools]}]}",
            "1:58: model.classifier[0].localization[0]: expected one of conv, pool,",
        ),
        (
            "{transformer: {localization: {network: polar, angles: 4}}}",
            "1:54: model.transformer.localization.angles: expected a whole number from 8 to 512",
        ),
        # rules between the keys of a transformer
        (
            "{transformer: {head: unit, transform: affine}}",
            f"1:35: model.transformer.transform: {ANGLES}, got affine",
        ),
        ("{transformer: {head: unit}}", f"1:9: model.transformer: {ANGLES}, got affine"),
        (
            "{classifier: [{layer: transformer, localization: polar, transform: projective}]}",
            "1:64: model.classifier[0].transform: the head unit, that of the network polar, "
            "regresses an angle: expected the transform rotation, rigid or similarity, got "
            "projective",
        ),
        (
            "{transformer: [{}, {localization: polar, transform: rotation, head: bounded}]}",
            "1:70: model.transformer[1].head: expected unit or null for the network polar, got "
            "bounded",
        ),
        (
            "{transformer: {steps: 2, transform: thin_plate_spline}}",
            "1:23: model.transformer.steps: expected 1 for the transform thin_plate_spline, which "
            "can't be composed, got 2",
        ),
        (
            "{transformer: {bounds: [[0, 2]], head: residual}}",
            "1:23: model.transformer.bounds: belongs to the head bounded, but the head is residual",
        ),
        ("{transformer: {pool: 0}}", "1:23: model.transformer.pool: expected a whole number from"),
        (
            "{transformer: {localization: {head: unit}}}",
            "1:38: model.transformer.localization.head:"
            " unknown key, renamed to model.transformer.head in schema_version 2",
        ),
    ],
)
def test_layers_reject(text, message):
    with pytest.raises(ConfigError) as caught:
        parse_config(f"schema_version: 2\nmodel: {text}", where="c.yaml")
    [line] = str(caught.value).splitlines()
    assert line.startswith(f"c.yaml:{message.replace('1:', '2:', 1)}")


@pytest.mark.parametrize("transform", ["rotation", "rigid", "similarity"])
def test_rules_accept_transforms_with_an_angle(transform):
    keys = f"transform: {transform}, steps: 3"
    assert model_of(f"{{transformer: {{head: unit, {keys}}}}}").transformer.head == "unit"
    for head in ("null", "unit"):
        model_of(f"{{transformer: {{localization: polar, head: {head}, {keys}}}}}")


def test_layers_and_localizers_can_all_be_named():
    for name in LAYERS.keys() - {"parallel"}:
        model_of(f"{{classifier: [{name}]}}")
    for name in LOCALIZERS:
        model_of(f"{{transformer: {{localization: {name}, transform: rigid}}}}")
