"""Writes to creators, their accounts, contacts, prices and observations."""
