"""Configs and overrides that the command line must reject, and the process that runs them."""
