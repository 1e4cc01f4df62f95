"""The parts of docs/transforms.md that are written by hand."""

OPENING = """\
# Transforms

`make docs` writes this page, and a test compares it with the code. Every family maps output to
input: it says for each pixel of V, at (x_t, y_t), which point (x_s, y_s) of U to read. Points are
normalized, x to the right and y down; [conventions.md](conventions.md) says it in full, with a
picture.

In each figure the grid on U is what V reads, and the orange side is V's top. So a grid that is
small on U is a picture that grows, and one that lies to the right a picture that moves left.

A config chooses the family, and the head that keeps theta within the bounds below:

```yaml
model:
  transformer:
    transform: similarity
    localization:
      head: bounded
```

"""

CLOSING = """
## Bounds

Localization with `head: bounded` moves a logistic function so that it passes through the identity
at 0, and scales it to the bounds: so a network whose last layer starts at zero starts at the
identity, exactly, and theta never leaves the bounds. Where the identity is the middle of the
bounds, this is a scaled tanh. `bounds` in the config takes others, with the identity between.

## Constraints

Of an affine matrix `[[a, b, tx], [c, d, ty]]`, `null` is free and a number is fixed. theta holds
the free entries alone, in their order; here `a tx d ty`, a box:

```yaml
model:
  transformer:
    transform: affine
    constraints: [[null, 0, null], [0, null, null]]
```

To fix all is an error. `combine` fixes what one or the other of two fixes, in any order; a fixed 0
stays 0, and two numbers for one entry are an error. A constrained family has no inverse of its own.

```python
from stnctl.geometry import make_transform
from stnctl.geometry.transforms.constraints import NO_SHEAR, NO_TRANSLATION, combine

two_scales = make_transform("affine", constraints=combine(NO_SHEAR, NO_TRANSLATION))
assert two_scales.parameters == ("a", "d")
```

## Composition

All families but `thin_plate_spline` and `flow` are matrices: `matrix(theta)` is (B, 3, 3), and
`affine` and `projective` make thetas of matrices. `compose(A, B)` warps U by A and the result by
B, but samples once, so that nothing blurs twice:

```python
import numpy as np
from stnctl.geometry import TRANSFORMS, compose

turn = TRANSFORMS["rotation"].matrix(np.array([[0.5]]))
zoom = TRANSFORMS["attention"].matrix(np.array([[0.5, 0.2, 0.0]]))
theta = TRANSFORMS["affine"].from_matrix(compose(turn, zoom))  # (1, 6)
```

An iterative model composes the matrix of each step with those before it. A composition of
projective maps may have the center of V on its horizon or behind it, where h33 is 0 or less. Then
there is no theta with h33 = 1: on NumPy it is an error, and on tensors all of V reads outside of U.

## Interpolations

| name | reads | when to use it |
|---|---|---|
| `nearest` | one pixel | labels and masks; theta gets no gradient |
| `bilinear` | 2 × 2 pixels | to train; the default |
| `bicubic` | 4 × 4 pixels, Keys' kernel, a = -0.75 | pictures that grow; it overshoots a little |
| `quadratic` | 3 × 3 coefficients of a B-spline | smooth; goes through all pixels of U |
| `cubic` | 4 × 4 coefficients of a B-spline | smoother still; both overshoot a little |
| `area` | averages as wide as V's pixels are on U | pictures that shrink: no aliasing |

![A digit zoomed into, a checkerboard zoomed out of](images/transforms/interpolations.png)

Above, a digit of 8 × 8 pixels grows; below, a checkerboard shrinks, and all but `area` miss pixels.

## Paddings

| name | outside U lies |
|---|---|
| `zeros` | 0, as in MNIST's background |
| `border` | the nearest pixel of U |
| `reflection` | the mirror image of U, and its mirror image, and so on |
| `value` | `fill_value`, one for all channels or one for each |

![A checkerboard and what lies round it](images/transforms/paddings.png)

[conventions.md](conventions.md) says where each begins, and what other libraries call it.
"""
