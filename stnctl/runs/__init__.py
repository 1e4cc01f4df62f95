"""Run directories: layout, checkpoints, lock, metrics, provenance and environment."""
