"""Sections of the two parts of a network: the localization networks, and the classifier."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from stnctl.config.section import Section

Factor = Annotated[float, Field(gt=0, le=1_000_000)]
ALWAYS = "always"
Period = Annotated[
    str,
    Field(
        pattern=rf"^({ALWAYS}|[1-9][0-9]{{0,8}} (steps|epochs))$",
        json_schema_extra={"patternErrorMessage": "such as `2 epochs`, `500 steps` or `always`"},
    ),
]


class LearningRateOf(Section):
    """Factors of the learning rate for the parts of the network."""

    localization: Factor = 1.0
    """Factor for the localization network."""

    classifier: Factor = 1.0
    """Factor for the classifier."""


class Freeze(Section):
    """Parts of the network whose weights stay as they are."""

    localization: Period | None = None
    """Period from the start of the training, such as `2 epochs` or `500 steps`, or `always`, in
    which the weights of the localization network stay as they are; null for none."""

    classifier: Period | None = None
    """The same for the classifier."""

    @model_validator(mode="after")
    def _something_is_trained(self) -> Self:
        if self.localization == self.classifier == ALWAYS:
            raise ValueError("all parts are always frozen, so that nothing is trained")
        return self
