"""Distortions of images: drawn values, thetas, and rendering."""
