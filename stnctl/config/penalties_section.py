"""Section `train.penalties` of a config: terms that guide a transformer, added to the loss."""

from typing import Annotated

from pydantic import Field

from stnctl.config.distortion_sets import Distortion, R
from stnctl.config.section import Section

Weight = Annotated[float, Field(gt=0, le=1_000_000)]


class Consistency(Section):
    """Penalty on a theta that does not follow a known change of the image.

    Each training image is also rendered with a further random distortion, and the localization
    network predicts a second theta. The penalty compares the points that both thetas sample. It
    needs no label.
    """

    weight: Weight = 1.0
    """Factor of the penalty in the loss."""

    distortion: Distortion = R()
    """Further distortion, with the values of `data.distortion`. It must not resize the canvas."""


class Penalties(Section):
    """Penalties on the transformers that sample the input image.

    Distances are in normalized coordinates, in which the image has sides of length 2. A penalty is
    a mean over a lattice of 5 x 5 points on V, and over the images of a batch.
    """

    consistency: Consistency | None = None
    """Mean squared distance between the points that theta samples, and those that it samples after
    a known change of the image; null for none."""

    supervised: Weight | None = None
    """Factor of the mean squared distance between each point of V and the point of the undistorted
    image that it shows; null for none. It uses the drawn distortion, which a real data set does not
    have, so its results are an upper bound for other trainings."""

    congeal: Weight | None = None
    """Factor of the mean squared difference between V and the mean V of the same class in the
    batch, with pixels from 0 to 1; null for none."""

    identity: Weight | None = None
    """Factor of the mean squared distance between a point of V and the point that it samples; null
    for none."""

    inside: Weight | None = None
    """Factor of the mean squared distance of the sampled points outside the image from its edge;
    null for none."""

    @property
    def names(self) -> list[str]:
        """Names of the penalties that are not null."""
        return [name for name in type(self).model_fields if getattr(self, name) is not None]
