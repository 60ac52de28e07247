"""Approved lists of open data: what each agency publishes, by when, and whether it keeps that."""
