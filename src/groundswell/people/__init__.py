"""People: who may sign in, to which workspaces, and what they may do there."""
