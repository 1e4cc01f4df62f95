"""Image files, and built-in images."""
