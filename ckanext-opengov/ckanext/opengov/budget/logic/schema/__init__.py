"""What the actions of open budgets take."""
