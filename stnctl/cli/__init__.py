"""What a person types: parse, call, render."""
