"""A small union with a default kind, as an example of how a schema declares one."""

import json
from typing import Annotated, Literal

import pytest
from jsonschema import Draft7Validator
from pydantic import Field, ValidationError

from stnctl.config.error_report import explain_validation
from stnctl.config.json_schema import (
    alternatives,
    default_kind,
    discriminator_key,
    inside,
    kind_names,
    matching_schemas,
    section_json_schema,
)
from stnctl.config.raw import parse_raw
from stnctl.config.section import Section
from stnctl.config.unions import TaggedUnion


class Conv(Section):
    layer: Literal["conv"] = "conv"
    """The kind."""

    filters: int = 8
    """Number of filters."""


class Dense(Section):
    layer: Literal["dense"] = "dense"
    """The kind."""

    units: int = 4
    """Number of units."""


KINDS = {"conv": Conv, "dense": Dense}
Layer = Annotated[Conv | Dense, TaggedUnion("layer", KINDS, default="conv")]
Layers = Annotated[tuple[Layer, ...], Field(json_schema_extra={"errorMessage": "a list of layers"})]


class Model(Section):
    network: Annotated[
        Conv | Dense | Layers, TaggedUnion("layer", KINDS, default="conv", items=Layers)
    ] = Conv()
    """A layer or a list of layers."""

    required: Annotated[Conv | Dense, TaggedUnion("layer", KINDS)] | None = None
    """A layer that names its kind, or null."""


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("{network: conv}", Conv()),
        ("{network: dense}", Dense()),
        ("{network: {}}", Conv()),
        ("{network: {filters: 3}}", Conv(filters=3)),
        ("{network: {layer: conv, filters: 3}}", Conv(filters=3)),
        ("{network: {layer: dense, units: 3}}", Dense(units=3)),
        ("{network: []}", ()),
        ("{network: [dense, {filters: 2}, {layer: dense}]}", (Dense(), Conv(filters=2), Dense())),
    ],
)
def test_tagged_union_preset(text, network):
    data = parse_raw(text, where="c.yaml").data
    model = Model.model_validate_json(json.dumps(data))
    assert model.network == network
    assert Model.model_validate_json(model.model_dump_json()) == model
    Draft7Validator(section_json_schema(Model)).validate(data)


@pytest.mark.parametrize("layer", [Conv(filters=3), Dense(), (Conv(), Dense())])
def test_tagged_union_takes_sections(layer):
    assert Model(network=layer).network == layer


@pytest.mark.parametrize(
    ("text", "message"),
    [
        # a section without a kind
        ("{network: {q: 1}}", "1:12: network.q: unknown key, expected one of layer, filters"),
        ("{network: {filtres: 1}}", "1:12: network.filtres: unknown key, did you mean filters?"),
        (
            "{network: {units: 1}}",
            "1:12: network.units: unknown key here, units belongs to the layer dense",
        ),
        ("{network: {dense: {}}}", "1:12: network.dense: unknown key, write {layer: dense, ...}"),
        ("{network: {filters: x}}", "1:12: network.filters: expected a whole number, got 'x'"),
        # a section with a kind
        (
            "{network: {layer: dens}}",
            "1:12: network.layer: expected one of conv, dense, got 'dens', did you mean dense?",
        ),
        ("{network: {layer: }}", "1:12: network.layer: expected one of conv, dense, got null"),
        ("{network: {layer: '[]'}}", "1:12: network.layer: expected one of conv, dense, got '[]'"),
        ("{network: {layer: ''}}", "1:12: network.layer: expected one of conv, dense, got ''"),
        ("{network: {layer: dense, q: 1}}", "1:26: network.q: unknown key, expected one of layer, "
         "units"),
        (
            "{network: {layer: dense, filters: 1}}",
            "1:26: network.filters: unknown key here, filters belongs to the layer conv",
        ),
        # other values
        ("{network: 3}", "1:2: network: expected one of conv, dense, or a list of layers, got 3"),
        (
            "{network: dens}",
            "1:2: network: expected one of conv, dense, or a list of layers, got 'dens', did you "
            "mean dense?",
        ),
        ("{network: [conv, {q: 1}]}", "1:19: network[1].q: unknown key, expected one of layer, "),
        ("{network: [conf]}", "1:12: network[0]: expected one of conv, dense, got 'conf', did you"),
        # without a default kind
        ("{required: {}}", "1:2: required: the key layer is missing, expected one of conv, dense"),
        ("{required: {conv: 1}}", "1:2: required: the key layer is missing, write {layer: conv, "),
        ("{required: [conv]}", "1:2: required: expected one of conv, dense, or null, got ['conv']"),
    ],
)  # fmt: skip
def test_tagged_union_rejects(text, message):
    raw, root = parse_raw(text, where="c.yaml"), section_json_schema(Model)
    with pytest.raises(ValidationError) as caught:
        Model.model_validate_json(json.dumps(raw.data))
    [problem], _ = explain_validation(caught.value, raw, root)
    assert str(problem).startswith(f"c.yaml:{message}")
    assert list(Draft7Validator(root).iter_errors(raw.data))


def test_tagged_union_in_the_json_schema():
    root = section_json_schema(Model)
    network, required = (
        inside(alternatives(root, root), key, root) for key in ("network", "required")
    )
    assert discriminator_key(network) == discriminator_key(required) == "layer"
    assert kind_names(network) == kind_names(required) == ["conv", "dense"]
    assert (default_kind(network), default_kind(required)) == ("conv", None)
    assert kind_names(matching_schemas(network, {})) == ["conv"]
    assert matching_schemas(required, {}) == []
