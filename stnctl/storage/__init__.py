"""File storage of any content: atomic writes, bounded reads, JSON, JSONL and .npz."""

from stnctl.errors import check_platform

check_platform()
