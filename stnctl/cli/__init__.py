"""Commands of the command line: they parse arguments, call the other parts, and print."""
