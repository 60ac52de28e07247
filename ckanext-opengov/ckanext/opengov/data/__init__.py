"""Open data: agencies, data sets with their passport, tables."""
