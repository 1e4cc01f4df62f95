"""Configurations: a frozen schema with every default, read from strict YAML."""
