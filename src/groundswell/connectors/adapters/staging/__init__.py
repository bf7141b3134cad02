"""Rows of a file as canonical tables, written chunk by chunk so that a killed run can go on."""
