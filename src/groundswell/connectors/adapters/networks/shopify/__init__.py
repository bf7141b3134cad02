"""Shopify's Admin interface (REST): orders and discount codes of a shop."""
