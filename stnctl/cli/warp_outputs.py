"""Outputs of ``stnctl warp``: the files to write, and their checks."""

import itertools
from dataclasses import dataclass
from pathlib import Path

from stnctl.cli.output_paths import check_place, real_path
from stnctl.data.image_files.image_io import can_hold, check_output
from stnctl.errors import UsageError
from stnctl.warping.image_source import STDIN, plain_name

STDOUT = Path("-")


@dataclass(frozen=True)
class Outputs:
    """Requested outputs.

    Attributes:
        output: Path of V; None if not given.
        figure: Path of the figure, a .png, or None.
        animate: Path of the animation, a .gif, or None.
        show: Whether to draw U and V in the terminal.
        json: Whether to print the report as JSON.
    """

    output: Path | None = None
    figure: Path | None = None
    animate: Path | None = None
    show: bool = False
    json: bool = False

    def __post_init__(self) -> None:
        """Reject wrong suffixes, and two results on stdout."""
        for option, path, suffix in (
            ("--figure", self.figure, ".png"),
            ("--animate", self.animate, ".gif"),
        ):
            if path is not None and path.suffix.lower() != suffix:
                raise UsageError(f"{option}: expected a {suffix} file, got {path}")
        if self.output == STDOUT and self.json:
            raise UsageError(
                "--output - and --json both write to stdout", hint="name a file with --output"
            )

    @property
    def stdout_is_free(self) -> bool:
        """Whether the report for a person can go to stdout."""
        return self.output != STDOUT and not self.json

    def destination(self, image: Path, mode: str) -> Path | None:
        """Return the path of V, or `STDOUT`; None if only other outputs are requested.

        Args:
            image: The image, as given.
            mode: Its mode, a key of `CHANNELS`.

        Raises:
            UsageError: If a path is named twice, is the image itself, is not a regular file, or
                has a suffix whose format can't hold the mode.
            EnvironmentFault: If a folder does not exist.
        """
        destination = self.output
        if destination is None and not (self.figure or self.animate or self.show):
            destination = _default(image, mode)
        if destination not in (None, STDOUT):
            check_output(destination, mode)
        places = [
            path for path in (destination, self.figure, self.animate) if path not in (None, STDOUT)
        ]
        for path in places:
            check_place(path)
            if image != STDIN and path.exists() and image.exists() and path.samefile(image):
                raise UsageError(f"{path} is the image itself", hint="name another file")
        for one, other in itertools.combinations(places, 2):
            if real_path(one) == real_path(other):
                raise UsageError(f"{one} would be written twice", hint="name two files")
        return destination


def _default(image: Path, mode: str) -> Path:
    """Return a path in the current folder, in the format of the image if it can be written."""
    name = plain_name(image)
    suffix = name.suffix if can_hold(name.suffix, mode) else ".png"
    return Path(f"{name.stem}-warped{suffix}")
