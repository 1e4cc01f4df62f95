"""File storage of any content: atomic writes, bounded reads, JSON, JSONL and .npz."""
