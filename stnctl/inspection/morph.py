"""Animation of examples: U morphs to V while theta moves from the identity to its value."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from stnctl.errors import UsageError
from stnctl.evaluation.loaded_run import LoadedRun
from stnctl.figures.animation import eased
from stnctl.figures.example_grids import shade_limits
from stnctl.figures.pair_animation import MAX_EXAMPLES, PairFrame, pairs_gif
from stnctl.inspection.captions import short_caption, theta_path
from stnctl.inspection.examples import InspectedExamples, TransformerMaps
from stnctl.inspection.sampled_maps import warped
from stnctl.models.traced_transformer import TracedTransformer

NUM_FRAMES, MILLISECONDS = 20, 70
"""Number of frames from the identity to theta, and the duration of each."""


def check_can_morph(loaded: LoadedRun) -> None:
    """Check that the network has exactly one transformer, and that it samples the input image.

    Raises:
        UsageError: If not.
    """
    transformers = loaded.job.network.transformers
    if len(transformers) != 1 or transformers[0].chain is None:
        raise UsageError(
            "--animate: expected exactly one transformer, which samples the input image, but "
            f"{loaded.run.name} has {_listing(transformers)}"
        )


def morph_gif(examples: InspectedExamples, *, title: str) -> bytes:
    """Return a GIF of the first examples: theta moves from the identity to its value and back.

    U has the moving sampling grid on it; beside it is the V that the grid samples.

    Args:
        examples: Examples of a network that passes `check_can_morph`.
        title: Title of the animation.
    """
    [maps] = examples.transformers
    items = examples.items[:MAX_EXAMPLES]
    U = maps.U[:MAX_EXAMPLES]
    captions = [short_caption(item) for item in items]
    right = [item.true == item.predicted for item in items]
    frames = [
        PairFrame(f"{share:.0%} of theta", *_warped(maps, len(items), share), captions, right)
        for share in eased(NUM_FRAMES)
    ]
    return pairs_gif(
        U,
        shade_limits(U),
        frames,
        title=title,
        milliseconds=MILLISECONDS,
        grid=True,
    )


def _warped(maps: TransformerMaps, count: int, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Return V and its grid in pixels of U for the first examples, at a share of the path."""
    theta = np.stack([theta_path(maps, place).at(share) for place in range(count)])
    U = maps.U[:count]
    grid, V = warped(maps.transformer, U, theta)
    return V, replace(maps, U=U, grid=grid).points


def _listing(transformers: Sequence[TracedTransformer]) -> str:
    if not transformers:
        return "no transformer"
    return ", ".join(each.name for each in transformers)
