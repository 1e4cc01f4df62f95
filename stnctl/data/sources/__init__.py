"""Sources of data sets: MNIST, embedded digits, .npz and IDX files."""
