"""Numbers about a model on a data set."""
