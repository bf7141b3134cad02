"""Writes to plans."""
