"""Data sets (sources, splits, distortions, batches), and image files."""
