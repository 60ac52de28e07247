"""The rules of evaluation."""
