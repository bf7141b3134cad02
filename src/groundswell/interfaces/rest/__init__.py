"""The REST API: everything that the console does, for programs."""
