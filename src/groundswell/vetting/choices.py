"""Choices of vetting's columns."""

from groundswell.engine.qualification.verdict import Verdict

VERDICTS = [(verdict.value, verdict.value.replace("_", " ")) for verdict in Verdict]
