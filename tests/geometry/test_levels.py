import numpy as np

from stnctl.geometry.levels import to_levels, to_values


def test_to_values_preset():
    found = to_values(np.uint8([0, 51, 255]))
    np.testing.assert_array_equal(found, np.float32([0, 0.2, 1]), strict=True)


def test_to_levels_preset():
    """Values outside [0, 1] are clipped; the input stays as it is."""
    values = np.float32([-1, 0.2, 1.5])
    np.testing.assert_array_equal(to_levels(values), np.uint8([0, 51, 255]), strict=True)
    np.testing.assert_array_equal(to_levels(values, 16), np.uint16([0, 13107, 65535]), strict=True)
    np.testing.assert_array_equal(values, np.float32([-1, 0.2, 1.5]))


def test_to_levels_roundtrip():
    levels = np.arange(256, dtype="uint8")
    np.testing.assert_array_equal(to_levels(to_values(levels)), levels, strict=True)
