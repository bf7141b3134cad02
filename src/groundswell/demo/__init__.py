"""A synthetic workspace, brought in through the same doors as anybody's data."""
