"""Two versions of an act beside each other: what changed, and where the comments stand now."""
