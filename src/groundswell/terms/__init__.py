"""The field's words: enums, value objects and the Arrow schemas that cross a border.

The ground floor: it imports the standard library and pyarrow, and nothing of Groundswell.
"""
