import numpy as np
import pytest

from stnctl.config.load import parse_config
from stnctl.evaluation.transformer_statistics import TransformerStatistics, transformer_statistics
from stnctl.models.network import trace_network

NAME = "spatial_transformer"
IDENTITY = np.array([1.0, 0, 0, 0, 1, 0])
N = 8


def network():
    keys = ("model.transformer.localization={filters: [4]}",)
    config = parse_config("", where="x", overrides=keys)
    return trace_network(config.model, (20, 20, 1), 10)


@pytest.fixture
def images():
    return np.random.default_rng(3).random((N, 20, 20, 1), "float32")


def statistics(images, theta, **arguments):
    return transformer_statistics(network(), images, {NAME: theta}, **arguments)[NAME]


def thetas(**columns):
    """Return N times the identity with other values (N,) in some columns."""
    theta = np.tile(IDENTITY, (N, 1))
    for name, values in columns.items():
        theta[:, int(name[1:])] = values
    return theta


def test_identity(images):
    found = statistics(images, thetas())
    assert (found.outside, found.alignment) == (0, {})
    assert found.movement == pytest.approx(0, abs=1e-12)
    assert found.size_spread == pytest.approx(0, abs=1e-12)
    ramp = np.broadcast_to(np.linspace(0, 1, 20)[:, None], (N, 20, 20))[..., None]
    assert statistics(ramp, thetas()).energy == pytest.approx(1, abs=0.05)


def test_shifts_in_pixels(images):
    """A shift of 1 in normalized units is half the distance between the corner centers."""
    shifts = np.linspace(-0.2, 0.2, N)
    found = statistics(images, thetas(_2=shifts))
    assert found.movement == pytest.approx(shifts.std() * 19 / 2)
    both = statistics(images, thetas(_2=shifts, _5=shifts))
    assert both.movement == pytest.approx(np.sqrt(2) * shifts.std() * 19 / 2)


def test_points_outside(images):
    assert statistics(images, thetas(_2=[9.0] * 4 + [0.0] * 4)).outside == 0.5
    far = statistics(images, thetas(_2=9.0))
    assert (far.outside, far.energy) == (1, 0)
    edge = thetas(_0=1 + 0.5 / 9.5, _4=1 + 0.5 / 9.5)  # the outer edges of the corner pixels
    assert statistics(images, edge * (1 - 1e-9)).outside == 0
    assert statistics(images, edge * (1 + 1e-9)).outside == pytest.approx(1 - (14 / 16) ** 2)


def test_a_point_has_no_energy(images):
    found = statistics(images, thetas(_0=0.0, _4=0.0))
    assert found.energy == 0
    assert found.size_spread == 0
    assert statistics(np.ones_like(images), thetas()).energy is None


def test_size_spread(images):
    scales = np.linspace(0.5, 1.0, N)
    found = statistics(images, thetas(_0=scales))
    assert found.size_spread == pytest.approx(scales.std() / scales.mean())


def test_alignment_of_the_inverse(images):
    """Each image is turned by its own angle, and half of the turn is undone."""
    angles = np.radians(np.linspace(-60, 60, N))
    drawn = np.stack([turn(angle) for angle in angles])
    undone = np.stack([turn(-angle / 2)[:2].ravel() for angle in angles])
    part = statistics(images, undone, drawn=drawn).alignment["rotation"]
    spread = np.degrees(angles).std()
    assert part["spread_before"] == pytest.approx(spread, abs=0.1)
    assert part["spread_after"] == pytest.approx(spread / 2, abs=0.1)
    assert part["slope"] == pytest.approx(0.5, abs=0.01)
    assert part["half_turns"] == 0


def turn(angle):
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])


def test_transformer_of_features():
    """U is no input image, so that the energy of V is unknown."""
    config = parse_config(
        "",
        where="x",
        overrides=(
            "model.transformer=null",
            "model.classifier=[conv, {layer: transformer, localization: [{layer: dense}]}]",
        ),
    )
    traced = trace_network(config.model, (20, 20, 1), 10)
    theta = np.tile(IDENTITY, (N, 1))
    [found] = transformer_statistics(
        traced, np.ones((N, 20, 20, 1)), {traced.transformers[0].name: theta}
    ).values()
    assert found.energy is None
    assert found.outside == 0


def test_row():
    found = TransformerStatistics(1 / 3, 2 / 3, 0.0, None)
    assert found.row() == {
        "outside": 0.333333, "movement": 0.666667, "size_spread": 0.0, "energy": None,
    }  # fmt: skip
    aligned = TransformerStatistics(0.0, 1.0, 0.0, 1.0, {"rotation": {"slope": 1 / 3, "x": None}})
    assert aligned.row()["alignment"] == {"rotation": {"slope": 0.333333, "x": None}}
