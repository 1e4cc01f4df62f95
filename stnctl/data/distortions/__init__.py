"""Distortions: numbers are drawn, thetas follow from them, and one warp makes the image."""
