"""Evaluation of trained models: metrics, distortion sweeps, and safe loading of runs."""
