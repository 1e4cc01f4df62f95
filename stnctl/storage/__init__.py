"""Files: atomic writes, bounded reads, JSON, JSONL and .npz, independent of their content."""
