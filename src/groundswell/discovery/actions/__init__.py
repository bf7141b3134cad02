"""Writes of discovery: the search index."""
