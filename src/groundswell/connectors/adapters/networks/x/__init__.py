"""X's interface (v2), which charges for each post and each person that it gives."""
