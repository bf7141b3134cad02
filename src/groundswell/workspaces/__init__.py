"""Workspaces: who owns each row, how one workspace never sees another's, and what was done."""
