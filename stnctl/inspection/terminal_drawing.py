"""Drawings of inspected examples for a terminal."""

from stnctl.figures.example_grids import shade_limits, shades
from stnctl.figures.terminal import DrawingStyle, drawing, side_by_side
from stnctl.inspection.captions import caption, index_note, theta_words
from stnctl.inspection.examples import InspectedExamples


def examples_drawing(examples: InspectedExamples, columns: int, style: DrawingStyle) -> str:
    """Return U, and beside it the V of the last transformer, of each example below its caption.

    Only U is drawn if there is no transformer, or the last one samples features.

    Args:
        examples: The examples.
        columns: Largest width, in characters.
        style: The style of the drawings.
    """
    limits = shade_limits(examples.U)
    sampled = [maps for maps in examples.transformers if maps.transformer.chain is not None]
    blocks = []
    for place, item in enumerate(examples.items):
        U = shades(examples.U[place], limits)
        blocks.append(f"{index_note(item)}: {caption(item)}".replace("\n", ", "))
        if sampled:
            last = sampled[-1]
            V = shades(last.V[place], limits)
            blocks += [theta_words(last, place), side_by_side(U, V, columns, style), ""]
        else:
            blocks += [drawing(U, columns, style), ""]
    return "\n".join(blocks[:-1])
