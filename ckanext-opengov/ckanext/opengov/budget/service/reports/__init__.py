"""Reports on budgets, and the calendar of who owes which by when."""
