"""Bluesky over the AT Protocol's public AppView: nobody needs a key."""
