"""Warps of image files: theta from parameters or a motion, V, and a description of theta."""
