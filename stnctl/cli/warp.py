"""``stnctl warp``: warp of an image by the grid generator and the sampler, with NumPy."""

from stnctl.cli import warp_options
from stnctl.cli.options import Force, Json
from stnctl.cli.warp_arguments import ThetaCommand

__all__ = ["EXAMPLES", "ThetaCommand", "warp"]

EXAMPLES = """\b
Examples:
  stnctl warp checker --theta 0.7 -0.7 0 0.7 0.7 0
  stnctl warp digit:3 --theta "0.5 0 0.2; 0 0.5 0" -o detail.png --output-size 200 200
  stnctl warp photo.jpg --rotate 30 --scale 0.8 --shift 12px 0 --fill "#336699" --figure turn.png
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
    force: Force = False,
    json: Json = False,
) -> None:
    """Warp an image as a spatial transformer does.

    Give theta in one of two ways.

    By its parameters: --theta maps V to U (output to input) in normalized coordinates: x is to the
    right, y is down, and -1 and 1 are the centers of the corner pixels. The formula is
    (x_s, y_s) = [a b tx; c d ty] (x_t, y_t, 1). A scale of 0.5 zooms in; tx = 0.5 moves the sampled
    region to the right. --transform, --points, --frame and --inverse change the meaning of the
    parameters.

    By a motion: --rotate, --scale, --shear and --shift move the image about its center, in pixels
    of U. The image is scaled first, then sheared, rotated and shifted.

    The command writes V, unless only --figure, --animate or --show are given, and prints the
    options that give the same V again.
    """
    from stnctl.cli.warp_outputs import Outputs
    from stnctl.cli.warp_render import render
    from stnctl.data.image_files.image_io import MAX_PIXELS
    from stnctl.warping.sampling_options import parse_sampling, parse_size
    from stnctl.warping.theta_options import ThetaOptions, parse_theta
    from stnctl.warping.warp_job import plan_warp

    limit = max_pixels or MAX_PIXELS
    spec = parse_theta(
        ThetaOptions(
            theta=theta,
            transform=transform,
            points=points,
            frame=frame,
            inverse=inverse,
            rotate=rotate,
            scale=scale,
            shear=shear,
            shift=shift,
        )
    )
    sampling = parse_sampling(
        interpolation=interpolation,
        antialias=antialias,
        padding=padding,
        fill=fill,
        align_corners=align_corners,
    )
    outputs = Outputs(
        output=output, figure=figure, animate=animate, show=show, force=force, json=json
    )
    size = None if output_size is None else parse_size(output_size, limit)
    render(plan_warp(image, spec, sampling, output_size=size, max_pixels=limit), outputs)
