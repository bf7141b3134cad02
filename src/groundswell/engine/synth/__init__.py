"""A synthetic world with planted truth, for the demo, tests and benchmarks.

Creators, posts, comments and audiences are invented; every address ends in ``.example``. The
world is made of canonical tables that anybody could bring as files, and apart from them of a
truth against which every estimator can be judged.
"""
