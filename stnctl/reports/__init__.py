"""Documents and pages about runs: comparison, groups of seeds, HTML reports."""
