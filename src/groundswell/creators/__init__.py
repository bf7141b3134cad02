"""Creators: who they are, where they publish, how to reach them, what they ask."""
