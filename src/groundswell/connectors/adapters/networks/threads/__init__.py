"""Threads, over the Graph interface of Meta."""
