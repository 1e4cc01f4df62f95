"""Distortions of images: drawn numbers, the thetas that follow from them, and the warped images."""
