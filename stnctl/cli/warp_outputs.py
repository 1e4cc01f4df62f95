"""What the command writes: which files, and whether they may be."""

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
    """What was asked for.

    Attributes:
        output: Where V goes, or None if that was not said.
        figure: Where the figure goes, a .png, or None.
        animate: Where the animation goes, a .gif, or None.
        show: Whether to draw in the terminal.
        json: Whether the report is JSON.
    """

    output: Path | None = None
    figure: Path | None = None
    animate: Path | None = None
    show: bool = False
    json: bool = False

    def __post_init__(self) -> None:
        """Refuse kinds of files that are not made, and two results on stdout."""
        for option, path, suffix in (
            ("--figure", self.figure, ".png"),
            ("--animate", self.animate, ".gif"),
        ):
            if path is not None and path.suffix.lower() != suffix:
                raise UsageError(f"{option}: expected a {suffix} file, got {path}")
        if self.output == STDOUT and self.json:
            raise UsageError(
                "--output - and --json both want stdout", hint="name a file with --output"
            )

    @property
    def stdout_is_free(self) -> bool:
        """Whether stdout can take the words for a person."""
        return self.output != STDOUT and not self.json

    def destination(self, image: Path, mode: str) -> Path | None:
        """Return where V goes, `STDOUT` among it; None if only other things were asked for.

        Args:
            image: What U was made of.
            mode: Its mode.

        Raises:
            UsageError: If a file is named twice, is the image itself or no regular file, or can't
                hold the mode.
            EnvironmentFault: If a folder is missing.
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
    """Return a name in the current folder, of the same kind of file if that can be written."""
    name = plain_name(image)
    suffix = name.suffix if can_hold(name.suffix, mode) else ".png"
    return Path(f"{name.stem}-warped{suffix}")
