"""Image files, and built-in images by name."""
