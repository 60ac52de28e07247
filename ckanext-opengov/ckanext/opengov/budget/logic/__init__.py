"""The action API of open budgets."""
