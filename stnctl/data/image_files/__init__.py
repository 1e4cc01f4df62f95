"""Image files, and images by name."""
