"""Qualification: what is known of a creator's account, with its evidence.

``scorecard.measure`` looks at some accounts by themselves and may be called batch by batch;
``scorecard.score`` compares them with accounts of similar size; ``card.cards`` hands out one
account's factors, rates and evidence, each an ``Estimate`` or the reason why there is none.
"""
