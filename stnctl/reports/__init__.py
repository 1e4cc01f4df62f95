"""Documents about runs and their comparison, for tables, figures and pages."""
