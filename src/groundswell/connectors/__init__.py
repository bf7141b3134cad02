"""How creators' data comes in: files that people bring, and later the platforms themselves."""
