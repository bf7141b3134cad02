"""The faces: each command, page and endpoint makes one call of an app, and shows the answer."""
