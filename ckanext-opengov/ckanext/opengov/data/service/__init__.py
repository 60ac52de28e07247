"""The rules of open data: texts in three languages, the tree of agencies, tables."""
