"""Pinterest's interface (v5): the connected account, its pins, and how they did."""
