"""What a network may cost: asked before anything is built."""

from typing import Annotated

from pydantic import Field

from stnctl.config.section import Section

Amount = Annotated[int, Field(ge=1, le=2**50)]


class LimitsConfig(Section):
    """How large a network and its training may be."""

    max_parameters: Amount = 50_000_000
    """Numbers that the network may learn."""

    max_bytes: Amount = 8 * 2**30
    """Memory that a training step may take, as estimated: the weights with their gradients and what
    the optimizer keeps of them, and the maps of a batch."""
