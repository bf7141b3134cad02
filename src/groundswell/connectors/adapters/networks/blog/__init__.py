"""Blogs: RSS, Atom and JSON feeds, and the pages that say where one is."""
