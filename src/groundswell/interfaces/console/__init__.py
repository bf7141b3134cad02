"""The console: what a team sees in the browser."""
