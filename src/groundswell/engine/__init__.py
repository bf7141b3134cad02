"""Pure numbers: arrays, Arrow tables and frozen dataclasses in and out.

Usable from a notebook without Django and without a database. Nothing here reads a clock, a file
or global randomness: ``now`` and ``rng`` are arguments.
"""
