"""Warps of image files: theta from parameters or a motion, V, and theta in words."""
