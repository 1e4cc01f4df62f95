"""Outputs of ``stnctl warp``: files to write, with checks of their paths."""

import itertools
from dataclasses import dataclass
from pathlib import Path

from stnctl.cli.output_paths import check_place, real_path
from stnctl.data.image_files.image_io import Image
from stnctl.data.image_files.image_writer import can_hold, can_hold_profile, check_output
from stnctl.errors import UsageError
from stnctl.figures.canvas import FIGURE_SUFFIXES
from stnctl.warping.image_source import STDIN, plain_name

STDOUT = Path("-")


@dataclass(frozen=True)
class Outputs:
    """Requested outputs of a warp.

    Attributes:
        output: Path of V, `STDOUT`, or None if the option is not given.
        figure: Path of the figure, a .png, .pdf or .svg, or None.
        animate: Path of the animation, a .gif, or None.
        show: Whether to draw U and V in the terminal.
        force: Whether to replace files that exist.
        json: Whether to print the report as JSON.
    """

    output: Path | None = None
    figure: Path | None = None
    animate: Path | None = None
    show: bool = False
    force: bool = False
    json: bool = False

    def __post_init__(self) -> None:
        """Reject wrong suffixes, and two results on stdout.

        Raises:
            UsageError: If the suffix of a path is wrong, or V and JSON would both go to stdout.
        """
        for option, path, suffixes in (
            ("--figure", self.figure, tuple(FIGURE_SUFFIXES)),
            ("--animate", self.animate, (".gif",)),
        ):
            if path is not None and path.suffix.lower() not in suffixes:
                raise UsageError(f"{option}: expected a {' or '.join(suffixes)} file, got {path}")
        if self.output == STDOUT and self.json:
            raise UsageError(
                "--output - and --json both write to stdout", hint="name a file with --output"
            )

    @property
    def stdout_is_free(self) -> bool:
        """Whether the text report is printed on stdout: stdout has neither V nor JSON."""
        return self.output != STDOUT and not self.json

    def destination(self, image: Path, mode: str) -> Path | None:
        """Check all output paths, and return the path of V.

        Args:
            image: Path of the image, as the user gave it.
            mode: Mode of the image, a key of `stnctl.data.image_files.image_io.CHANNELS`.

        Returns:
            The path or `STDOUT`; None if only other outputs are requested.

        Raises:
            UsageError: If a path is given twice, is the path of the image, is not a regular file,
                or exists and `force` is not set; or if the format of its suffix does not support
                the mode.
            EnvironmentFault: If the folder of a path does not exist.
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
            if image != STDIN and path.exists() and image.exists() and path.samefile(image):
                raise UsageError(f"{path} is the image itself", hint="name another file")
            check_place(path, force=self.force)
        for one, other in itertools.combinations(places, 2):
            if real_path(one) == real_path(other):
                raise UsageError(f"{one} would be written twice", hint="name two files")
        return destination

    def profile_note(self, image: Image, destination: Path | None) -> str | None:
        """Return a note on the color profile of the image in the outputs; None for sRGB.

        Args:
            image: U.
            destination: The result of `destination`.
        """
        if image.profile is None or image.profile.is_srgb:
            return None
        name, others = image.profile.name, bool(self.figure or self.animate or self.show)
        if destination is None or not can_hold_profile(output_suffix(destination), image.mode):
            return f"colors are converted from the color profile {name} to sRGB"
        kept = f"V has the color profile of the image, {name}"
        return f"{kept}; other outputs are converted to sRGB" if others else kept


def output_suffix(destination: Path) -> str:
    """Return the suffix of the format of V."""
    return ".png" if destination == STDOUT else destination.suffix


def _default(image: Path, mode: str) -> Path:
    """Return a path in the current folder, in the format of the image if it can be written."""
    name = plain_name(image)
    suffix = name.suffix if can_hold(name.suffix, mode) else ".png"
    return Path(f"{name.stem}-warped{suffix}")
