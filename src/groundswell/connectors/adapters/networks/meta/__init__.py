"""What Meta's networks have in common: the Graph interface, its errors, its insights, its calls."""
