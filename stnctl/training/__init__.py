"""Training of a model in a run directory."""
