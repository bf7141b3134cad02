"""Series of follower counts: what they are, when they jump or turn, where they go."""
