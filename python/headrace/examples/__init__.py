"""Programs and data sets to learn with."""
