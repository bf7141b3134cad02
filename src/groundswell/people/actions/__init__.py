"""Writes to people and their places in workspaces."""
