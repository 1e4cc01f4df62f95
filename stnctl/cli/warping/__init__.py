"""The parts of ``stnctl warp``: what was asked for, by numbers or by hand, and what comes of it."""
