"""Instagram, over the Graph interface of Meta."""
