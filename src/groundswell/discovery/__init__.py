"""Discovery: finding creators by words, filters and facets, in an index that follows the data."""
