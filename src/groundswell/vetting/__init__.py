"""Vetting: scorecards of the workspace's accounts, kept and shown."""
