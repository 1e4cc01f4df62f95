"""Single examples: what the network saw, where it looked, and what it said."""
