"""Files of rows: delimited text, JSON lines and Parquet, plain or gzipped, read in batches."""
