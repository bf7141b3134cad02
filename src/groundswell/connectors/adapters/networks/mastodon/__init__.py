"""Mastodon, and other servers that speak its API: thousands of servers, each with its own people.

Whose posts are read is up to the people: see ``wishes``.
"""
