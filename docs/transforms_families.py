"""What docs/transforms.md tells of each family, beside what the code says of itself."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """What the page tells of a family beside what the code says of itself.

    Attributes:
        purpose: One sentence.
        formula: Lines ``name = expression``, in the parameters, x_t and y_t.
        inverse: The inverse's parameters as expressions, or in words.
        advice: When to use it.
        arguments: Of ``stnctl warp``, without ``--figure``.
    """

    purpose: str
    formula: tuple[str, ...]
    inverse: tuple[str, ...] | str
    advice: str
    arguments: str


FAMILIES = {
    "translation": Family(
        "A shift.",
        ("x_s = x_t + tx", "y_s = y_t + ty"),
        ("-tx", "-ty"),
        "Things of one size and upright, that only lie elsewhere. There is no way to shrink the "
        "picture or to turn it, so nothing else can be learned.",
        "square --transform translation --theta 0.25 0.25",
    ),
    "rotation": Family(
        "A turn about the center.",
        ("x_s = cos(angle)·x_t - sin(angle)·y_t", "y_s = sin(angle)·x_t + cos(angle)·y_t"),
        ("-angle",),
        "Things in the middle that lie turned. The angle is in radians; a positive one turns the "
        "grid clockwise, so the picture counterclockwise. On a map that is not square a turn of "
        "the normalized frame slants; `stnctl warp --rotate` doesn't.",
        "digit:3 --transform rotation --theta 0.5",
    ),
    "rigid": Family(
        "A turn and a shift: the article's rigid body.",
        (
            "x_s = cos(angle)·x_t - sin(angle)·y_t + tx",
            "y_s = sin(angle)·x_t + cos(angle)·y_t + ty",
        ),
        ("-angle", "-(cos(angle)·tx + sin(angle)·ty)", "sin(angle)·tx - cos(angle)·ty"),
        "Things of one size, anywhere and turned. Nothing is stretched, so a network can't cheat "
        "by shrinking.",
        "square --transform rigid --theta 0.6 0.25 0.25",
    ),
    "similarity": Family(
        "A turn, one scale, and a shift.",
        (
            "x_s = s·cos(angle)·x_t - s·sin(angle)·y_t + tx",
            "y_s = s·sin(angle)·x_t + s·cos(angle)·y_t + ty",
        ),
        (
            "1/s",
            "-angle",
            "-(cos(angle)·tx + sin(angle)·ty)/s",
            "(sin(angle)·tx - cos(angle)·ty)/s",
        ),
        "Things of any size, anywhere and turned, whose shape stays: the distortion RTS of the "
        "paper's experiments on MNIST.",
        "square --transform similarity --theta 0.45 0.6 0.25 0.25",
    ),
    "attention": Family(
        "One scale and a shift: the crop of the paper's equation 2.",
        ("x_s = s·x_t + tx", "y_s = s·y_t + ty"),
        ("1/s", "-tx/s", "-ty/s"),
        "Where to look, and how closely: attention to a part of a large input, often with an "
        "`output_size` below that of U. s = 0.5 looks at a quarter of U.",
        "digit:8 --transform attention --theta 0.5 0.1 -0.35 --output-size 33 33",
    ),
    "scale_translation": Family(
        "Two scales and a shift: a box.",
        ("x_s = sx·x_t + tx", "y_s = sy·y_t + ty"),
        ("1/sx", "1/sy", "-tx/sx", "-ty/sy"),
        "Boxes of any proportions, upright: V is the box round (tx, ty) with half sides sx and sy.",
        "square --transform scale_translation --theta 0.7 0.35 0.25 0.25",
    ),
    "affine": Family(
        "Any six numbers: the paper's equation 1, and its usual choice.",
        ("x_s = a·x_t + b·y_t + tx", "y_s = c·x_t + d·y_t + ty"),
        (
            "d/(a·d - b·c)",
            "-b/(a·d - b·c)",
            "(b·ty - d·tx)/(a·d - b·c)",
            "-c/(a·d - b·c)",
            "a/(a·d - b·c)",
            "(c·tx - a·ty)/(a·d - b·c)",
        ),
        "When in doubt. It can turn, scale, slant, mirror and shift; it can also collapse, so let "
        "it start at the identity. With constraints (below) it becomes a family of your own.",
        "checker --transform affine --theta 0.7 -0.7 0 0.7 0.7 0",
    ),
    "projective": Family(
        "A homography: a plane seen from elsewhere.",
        (
            "w = h31·x_t + h32·y_t + 1",
            "x_s = (h11·x_t + h12·y_t + h13)/w",
            "y_s = (h21·x_t + h22·y_t + h23)/w",
        ),
        "The inverse of the 3×3 matrix with h33 = 1, divided by its own last entry. There is none "
        "for a singular matrix, or one whose inverse has the center on or behind the horizon.",
        "Flat things seen at an angle: signs, plates, pages. Where w is below 1e-6 a point lies on "
        "the horizon or behind it, and so outside U, without gradient. The bounds of h31 and h32 "
        "keep w at 0.1 or more on all of V, so that the horizon stays out of it.",
        "checker --transform projective --theta 0.6 0 0 0 0.6 0 0.2 -0.4",
    ),
    "thin_plate_spline": Family(
        "The smoothest map that moves K control points as told (Bookstein 1989; the paper's "
        "section 3.2).",
        (
            "x_s = x_t + the sum over k of W_k(x_t, y_t)·dx_k",
            "y_s = y_t + the sum over k of W_k(x_t, y_t)·dy_k",
        ),
        "None in closed form.",
        "Things that bend: handwriting, faces, cloth. The control points lie on V, on a regular "
        "grid from corner to corner, 4 × 4 if not told otherwise; theta says how far from each its "
        "source lies, row by row. W_k is 1 at the k-th and 0 at the others: r² log r² round every "
        "point and a linear map, solved once, in float64. `--points` takes the offsets of n × n.",
        "checker --points 0 0 0 0 0 0 0 0 0.35 0.2 0 0 0 0 0 0 -0.25 -0.15",
    ),
    "diffeomorphic_affine": Family(
        "An affine map that can always be undone: the exponential of a matrix "
        "(Skafte Detlefsen et al. 2018).",
        ("(x_s, y_s, 1) = exp([a b tx; c d ty; 0 0 0]) (x_t, y_t, 1)",),
        ("-a", "-b", "-tx", "-c", "-d", "-ty"),
        "Instead of `affine`, where a collapse or a mirror image must be impossible: the area "
        "grows by exp(a + d), which is never 0. Half of theta is half of the way. The "
        "exponential is right up to a spectral norm of [a b; c d] of 40; `stnctl warp` refuses "
        "more.",
        "checker --transform diffeomorphic_affine --theta 0.2 -0.8 0.2 0.8 0.2 0",
    ),
    "flow": Family(
        "A displacement of its own for every pixel of V.",
        ("x_s = x_t + dx_k", "y_s = y_t + dy_k"),
        "None in closed form.",
        "Elastic distortion of data. It is not meant to be regressed by a network, and no config "
        "takes it. theta has two numbers for each pixel k of V, row by row.",
        "checker --transform flow --output-size 49 49 --interpolation area \\\n"
        "  --theta \"$(awk 'BEGIN { for (k = 0; k < 49*49; k++) "
        'printf "%.3f 0 ", 0.15 * sin(k / 49 / 6) }\')"',
    ),
}
