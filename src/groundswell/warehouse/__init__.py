"""The warehouse: millions of observations as immutable Parquet, and the questions put to them."""
