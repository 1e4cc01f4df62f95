"""Run directories: layout, checkpoints, lock, metrics and environment."""
