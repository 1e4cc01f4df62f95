"""Fits a model into a run directory."""
