"""YouTube: channels, videos and comments by the Data API; an owner's audience by Analytics."""
