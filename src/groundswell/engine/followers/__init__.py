"""Who among a sample of followers looks fake, and how many that makes of them all.

A scorecard of published signs needs no training; where somebody has labels, it is recalibrated on
them, or trees are boosted on them. Each of these makes mistakes, and the share is corrected for
them.
"""
