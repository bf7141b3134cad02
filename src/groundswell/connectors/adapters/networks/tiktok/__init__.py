"""TikTok's Display interface (v2): what a creator allows to see of the own account."""
