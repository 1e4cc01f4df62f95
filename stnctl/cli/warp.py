"""``stnctl warp``: an image through the grid generator and the sampler, on NumPy."""

from pathlib import Path
from typing import TYPE_CHECKING

from stnctl.cli import console, warp_options
from stnctl.cli.options import Json
from stnctl.cli.warp_arguments import ThetaCommand

if TYPE_CHECKING:
    from stnctl.cli.warp_outputs import Outputs
    from stnctl.data.image_files.image_io import Image
    from stnctl.warping.from_motion import MotionSpec
    from stnctl.warping.from_parameters import ParameterSpec
    from stnctl.warping.sampling_options import SamplingOptions

__all__ = ["EXAMPLES", "ThetaCommand", "warp"]

EXAMPLES = """\b
Examples:
  stnctl warp image.png --theta 0.7 -0.7 0 0.7 0.7 0
  stnctl warp image.png --theta "0.5 0 0.2; 0 0.5 0" -o detail.png --output-size 200 200
  stnctl warp coffee --rotate 30 --scale 0.8 --shift 12px 0 --fill "#336699" --figure turn.png
  stnctl warp checker --points 0.3 0.3 0 0 0 0 -0.3 -0.3 --show --animate spline.gif
  stnctl warp - -o - --inverse --frame pixel --theta 1 0 20 0 1 10 < in.png > out.png
"""


def warp(
    image: warp_options.ImageName,
    theta: warp_options.Theta = None,
    transform: warp_options.TransformName = None,
    points: warp_options.Points = None,
    frame: warp_options.Frame = None,
    inverse: warp_options.Inverse = False,
    rotate: warp_options.Rotate = None,
    scale: warp_options.Scale = None,
    shear: warp_options.Shear = None,
    shift: warp_options.Shift = None,
    interpolation: warp_options.InterpolationName = None,
    antialias: warp_options.Antialias = False,
    padding: warp_options.PaddingName = None,
    fill: warp_options.Fill = None,
    align_corners: warp_options.AlignCorners = True,
    output_size: warp_options.OutputSize = None,
    output: warp_options.Output = None,
    figure: warp_options.Figure = None,
    animate: warp_options.Animate = None,
    show: warp_options.Show = False,
    max_pixels: warp_options.MaxPixels = None,
    json: Json = False,
) -> None:
    """Warp an image as a spatial transformer does.

    By numbers: --theta maps V to U (output to input) in normalized coordinates, x right, y down,
    -1 and 1 at the centers of the corner pixels: (x_s, y_s) = [a b tx; c d ty] (x_t, y_t, 1). A
    scale of 0.5 zooms in; tx = 0.5 looks to the right. --transform, --points, --frame and
    --inverse say what else the numbers are.

    By hand: --rotate, --scale, --shear and --shift say what the picture does, about its center, in
    pixels of U. It is scaled first, then sheared, turned and moved.

    V is written, unless only --figure, --animate or --show are asked for. The theta that is
    printed can be given again.
    """
    from stnctl.cli.warp_outputs import Outputs
    from stnctl.data.image_files.image_io import MAX_PIXELS
    from stnctl.warping.image_source import read_source
    from stnctl.warping.sampling_options import parse_sampling, parse_size
    from stnctl.warping.theta_options import ThetaOptions, parse_theta

    limit = max_pixels or MAX_PIXELS
    said = ThetaOptions(theta, transform, points, frame, inverse, rotate, scale, shear, shift)
    motion = parse_theta(said)
    sampling = parse_sampling(interpolation, antialias, padding, fill, align_corners)
    outputs = Outputs(output, figure, animate, show, json)
    size = None if output_size is None else parse_size(output_size, limit)
    picture = read_source(image, limit)
    _carry_out(image, picture, motion, sampling, outputs, size)


def _carry_out(
    image: Path,
    picture: "Image",
    motion: "MotionSpec | ParameterSpec",
    sampling: "SamplingOptions",
    outputs: "Outputs",
    output_size: tuple[int, int] | None,
) -> None:
    """Make all that was asked for, and only then write and tell it."""
    from stnctl.cli.warp_render import Renderer
    from stnctl.cli.warp_report import document, figure_words
    from stnctl.warping.image_warper import ImageWarper
    from stnctl.warping.theta_path import MapSizes

    height, width = picture.pixels.shape[:2]
    maps = MapSizes((height, width), output_size or (height, width), sampling.align_corners)
    goal = motion.goal(maps)
    how = sampling.words(picture.mode)
    destination = outputs.destination(image, picture.mode)
    report = document(image, goal, maps, how)
    renderer = Renderer(ImageWarper(picture, goal.transform, sampling), goal, maps)
    title = f"{image}: {report['effect']}"
    files = list(renderer.files(outputs, destination, title, figure_words(report)))
    drawing = renderer.drawing() if outputs.show else None
    for text in (*picture.notes, *motion.notes(maps)):
        console.note(f"note  {text}")
    _write(files)
    _tell(report, outputs, destination, drawing)


def _write(files: list[tuple[Path, bytes]]) -> None:
    from stnctl.cli.output_paths import real_path
    from stnctl.cli.warp_outputs import STDOUT
    from stnctl.storage.atomic import atomic_write

    for path, data in files:
        if path == STDOUT:
            console.result_bytes(data)
        else:
            atomic_write(real_path(path), data)


def _tell(report: dict, outputs: "Outputs", destination: Path | None, drawing: str | None) -> None:
    """Print the drawing and the report; on stderr where stdout is taken."""
    from stnctl.cli.warp_report import lines

    say = console.result if outputs.stdout_is_free else console.note
    written = {"output": destination, "figure": outputs.figure, "animation": outputs.animate}
    if drawing:
        say(drawing, steers=True)
    if outputs.json:
        named = {name: str(path) if path else None for name, path in written.items()}
        console.result_json(report | named)
        return
    for line in lines(report):
        say(line)
    for path in written.values():
        if path and str(path) != "-":
            say(str(path))
