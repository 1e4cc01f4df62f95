"""Data sources: MNIST, embedded digits, npz and IDX files."""
