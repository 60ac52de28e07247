"""The rules of harvesting."""
