"""Readers, guessers and maps: from a file that somebody brings to canonical tables.

Free of Django and of the database, so that a file that is meant to harm meets a small process
that holds nothing worth having.
"""
