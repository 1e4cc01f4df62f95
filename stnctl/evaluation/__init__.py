"""Evaluation of a model on a data set: metrics, distortion sweeps, and safe loading of runs."""
