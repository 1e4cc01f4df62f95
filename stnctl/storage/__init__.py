"""Files: atomic writes, bounded reads, JSON and JSONL. Nothing here knows runs."""
