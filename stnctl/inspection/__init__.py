"""Inspection of single examples, and previews of distorted data."""
