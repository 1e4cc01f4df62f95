"""Configurations and overrides that must be refused, and what runs them."""
