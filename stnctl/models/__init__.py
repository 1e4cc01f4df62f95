"""Keras models of configurations: localization networks, transformers, classifiers."""
