"""Keras models, built from a configuration: localization networks, transformers, classifiers."""
