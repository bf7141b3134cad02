"""Brand safety: what posts speak of that a brand may not want to stand beside.

It says which words were found where, and how strong they are; it does not say what was meant.
"""
