"""The rules of open dialogue."""
