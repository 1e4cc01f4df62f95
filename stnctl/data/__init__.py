"""Data: sources, splits, batches; and image files."""
