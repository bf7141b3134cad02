"""Writes of vetting."""
