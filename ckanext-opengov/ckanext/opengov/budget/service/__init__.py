"""The rules of open budgets."""
