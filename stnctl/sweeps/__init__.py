"""Sweeps: many runs that differ in some keys and in the seed, trained by an engine."""
