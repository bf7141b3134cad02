"""The creator index: text, filters, facets, exact totals and a reason for each hit.

Derived data: whatever is here can be rebuilt from the records and the observations.
"""
