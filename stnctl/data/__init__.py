"""Data: sources, splits, distortions and batches; and image files."""
