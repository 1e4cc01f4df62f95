from typing import Annotated, Literal

import pytest
from pydantic import ValidationError

from stnctl.config.section import Section, one_of

NAMES = {"relu": 1, "tanh": 2}


class FromNames(Section):
    activation: Annotated[str, one_of(NAMES)] = "relu"


class FromLiteral(Section):
    activation: Literal["relu", "tanh"] = "relu"


def test_one_of_is_a_literal_in_the_schema():
    ours, theirs = FromNames.model_json_schema(), FromLiteral.model_json_schema()
    assert ours | {"title": ""} == theirs | {"title": ""}


@pytest.mark.parametrize("value", ["relu", "tanh", "gelu", 3, None, ["relu"]])
def test_one_of_is_a_literal_in_validation(value):
    outcomes = []
    for section in (FromNames, FromLiteral):
        try:
            outcomes.append(section(activation=value).activation)
        except ValidationError as error:
            outcomes.append(error.errors(include_url=False))
    assert outcomes[0] == outcomes[1]
