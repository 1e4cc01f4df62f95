"""Figures, animations and terminal drawings; matplotlib is imported late."""
