"""Copies of other packages."""
