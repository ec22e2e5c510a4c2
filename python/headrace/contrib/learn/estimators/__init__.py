"""Estimators and their parts."""
