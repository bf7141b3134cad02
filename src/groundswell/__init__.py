"""Groundswell: end-to-end influencer marketing, self-hosted and open."""

__version__ = "0.1.0"
