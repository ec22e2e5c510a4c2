"""Tools that run from the command line: python -m headrace.python.tools.freeze_graph."""
