"""What captions say: repetition, language, and signs of being paid for."""
