"""Scores of maps, one idea a module: pure functions of arrays."""
