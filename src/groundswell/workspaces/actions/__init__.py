"""Writes to workspaces and their journal."""
