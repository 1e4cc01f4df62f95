"""Number of images that are rendered together."""

CHUNK = 256
"""Number of images that are rendered in one call. It is constant, so that a backend compiles only
once, and the bytes of an image do not depend on the other images in the call."""
