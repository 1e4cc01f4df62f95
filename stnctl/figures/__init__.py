"""Figures, animations and terminal drawings; matplotlib is imported at first use."""
