"""Planning: from a brief with a budget to a plan with a forecast."""
