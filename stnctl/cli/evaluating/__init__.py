"""The parts of ``stnctl eval``: what was asked for, a run's numbers, and a sweep of several."""
