"""Keys of the values of a cell that are no keys of a configuration."""

BASE = "base"
"""Key of the configuration in the values of a cell, beside the keys that it changes."""

SEED = "seed"
"""Key of the seed, which is not one of the values of a cell."""
