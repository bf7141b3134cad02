"""Cells read as what they mean: counts, moments, places, money, addresses of accounts."""
