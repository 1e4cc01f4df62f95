"""Beginning and end of docs/transforms.md, written by hand."""

OPENING = """\
# Transforms

`make docs` writes this page, and a test compares it with the code. Every family maps output to
input: for each pixel of V, at (x_t, y_t), it gives the point (x_s, y_s) of U to read. Points are
normalized, x to the right and y down; [conventions.md](conventions.md) has the details and a
figure.

In each figure, V reads the points of the grid on U; the orange side is the top of V. A small grid
on U means that the image grows in V. A grid at the right of U means that the image moves left.

A config selects the family, and the head that keeps theta within the bounds below
([networks.md](networks.md) has the other keys of a transformer):

```yaml
model:
  transformer:
    transform: similarity
    head: bounded
```

"""

CLOSING = """
## Bounds

The head `bounded` is a linear layer and a logistic function, shifted so that it passes through the
identity at 0, and scaled to the bounds. So a network whose last layer starts at zero starts exactly
at the identity, and theta stays within the bounds. Where the identity is in the middle of the
bounds, the function is a scaled tanh. The key `bounds` of the config sets other bounds, with the
identity in between.

## Constraints

In an affine matrix `[[a, b, tx], [c, d, ty]]`, `null` is a free entry and a number is a fixed one.
theta holds the free entries only, in their order; here `a tx d ty`, a box:

```yaml
model:
  transformer:
    transform: affine
    constraints: [[null, 0, null], [0, null, null]]
```

At least one entry must be free. `combine` fixes the entries that either of two constraints fixes,
in any order; a fixed 0 stays 0. Two different numbers for one entry are an error. A constrained
family has no inverse of its own.

```python
from stnctl.geometry import make_transform
from stnctl.geometry.transforms.constraints import NO_SHEAR, NO_TRANSLATION, combine

two_scales = make_transform("affine", constraints=combine(NO_SHEAR, NO_TRANSLATION))
assert two_scales.parameters == ("a", "d")
```

## Composition

All families except `thin_plate_spline` and `flow` are matrices: `matrix(theta)` is (B, 3, 3), and
`from_matrix` of `affine` and `projective` returns the theta of a matrix. `compose(A, B)` warps U by
A and the result by B with one sampling, so that the image is blurred only once:

```python
import numpy as np
from stnctl.geometry import TRANSFORMS, compose

rotate = TRANSFORMS["rotation"].matrix(np.array([[0.5]]))
zoom = TRANSFORMS["attention"].matrix(np.array([[0.5, 0.2, 0.0]]))
theta = TRANSFORMS["affine"].from_matrix(compose(rotate, zoom))  # (1, 6)
```

An iterative model composes the matrix of each step with those of the steps before. A composition of
projective maps may have the center of V on or behind its horizon, where h33 is 0 or less. Then
there is no theta with h33 = 1: on NumPy it is an error, and on tensors all of V reads outside of U.

## Interpolations

| name | reads | when to use it |
|---|---|---|
| `nearest` | one pixel | labels and masks; theta gets no gradient |
| `bilinear` | 2 × 2 pixels | training; the default |
| `bicubic` | 4 × 4 pixels, Keys' kernel, a = -0.75 | images that grow; it overshoots a little |
| `quadratic` | 3 × 3 coefficients of a B-spline | smooth; interpolates all pixels of U |
| `cubic` | 4 × 4 coefficients of a B-spline | smoother still; both overshoot a little |
| `area` | averages over the footprint of V's pixels on U | images that shrink: no aliasing |

![A magnified digit and a reduced checkerboard](images/transforms/interpolations.png)

Top: a digit of 8 × 8 pixels grows. Bottom: a checkerboard shrinks, and all but `area` skip pixels.

## Paddings

| name | values outside U |
|---|---|
| `zeros` | 0, as in MNIST's background |
| `border` | the nearest pixel of U |
| `reflection` | the mirror image of U, repeated |
| `value` | `fill_value`, one for all channels or one for each |

![A checkerboard and its surroundings](images/transforms/paddings.png)

[conventions.md](conventions.md) has the exact borders, and the names in other libraries.
"""
