"""Sinks: programs that get the metrics of a training, such as TensorBoard."""
