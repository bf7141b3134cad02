"""The six factors: each module measures what its question needs, for all accounts of a batch."""
