"""Configurations: the schema with all defaults, and its reader of strict YAML."""
