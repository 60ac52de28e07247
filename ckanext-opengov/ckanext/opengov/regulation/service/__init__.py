"""The rules of open regulations."""
