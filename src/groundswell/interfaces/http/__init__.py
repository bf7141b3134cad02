"""What the console and REST share: who asks, from where, and how we say no."""
