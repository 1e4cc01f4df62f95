import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stnctl.cli.words import say
from stnctl.geometry.transforms import Affine


@pytest.mark.parametrize(
    ("theta", "words"),
    [
        ("1 0 0 0 1 0", "The picture stays as it is."),
        ("0.7 -0.7 0 0.7 0.7 0", "turns 45.0° counterclockwise and grows to 1.01 times its size"),
        ("0.5 0 0 0 0.5 0", "grows to 2.00 times its size"),
        ("2 0 0 0 2 0", "shrinks to 0.50 times its size"),
        ("1 0 5 0 1 0", "moves 5.0 px left"),
        ("1 0 -5 0 1 -2.5", "moves 5.0 px right and 2.5 px down"),
        ("-1 0 0 0 1 0", "The picture is mirrored left to right."),
        ("1 0 0 0 -1 0", "The picture is mirrored top to bottom."),
        ("0 1 0 1 0 0", "is mirrored"),
        ("2 0 0 0 1 0", "is scaled 0.50 times along x, 1.00 times along y"),
        ("1 -0.5 0 0 1 0", "is sheared by 0.50"),
        ("1 1 0 1 1 0", "no inverse"),
        ("0 0 0 0 0 0", "no inverse"),
        ("1e-5 0 0 0 1e-5 0", "grows to 100000.00 times its size"),
        ("1e30 0 0 0 1e30 1e30", "shrinks to 0.00 times its size"),
    ],
)
def test_say_preset(theta, words):
    assert words in say(np.array([float(word) for word in theta.split()]))


@given(st.floats(-179, 179).filter(lambda degrees: abs(degrees) > 0.1))
def test_say_turns_against_theta(degrees):
    turn = math.radians(degrees)
    theta = [math.cos(turn), -math.sin(turn), 0, math.sin(turn), math.cos(turn), 0]
    side = "counterclockwise" if degrees > 0 else "clockwise"
    assert say(np.array(theta)) == f"The picture turns {abs(degrees):.1f}° {side}."


def test_say_knows_true_turns_on_wide_images():
    height, width = 11, 41
    turn = math.radians(30)
    stretch = (height - 1) / (width - 1)
    theta = np.array(
        [
            math.cos(turn), -math.sin(turn) * stretch, 0,
            math.sin(turn) / stretch, math.cos(turn), 0,
        ]
    )  # fmt: skip
    assert say(Affine().in_pixels(theta, (height, width), (height, width))) == (
        "The picture turns 30.0° counterclockwise."
    )


@pytest.mark.parametrize(
    ("input_size", "output_size", "words"),
    [
        ((11, 11), (21, 21), "grows to 2.00 times its size"),
        ((11, 11), (11, 21), "is scaled 2.00 times along x, 1.00 times along y"),
        ((28, 1), (28, 1), "stays as it is"),
        ((1, 1), (1, 1), "stays as it is"),
    ],
)
def test_say_knows_the_sizes(input_size, output_size, words):
    identity = Affine().identity()
    assert words in say(Affine().in_pixels(identity, input_size, output_size))
