"""Template helpers of open budgets."""

from __future__ import annotations

from ckanext.opengov.budget.money_helpers import opengov_budget_day, opengov_budget_money, opengov_budget_unit

__all__ = ["opengov_budget_day", "opengov_budget_money", "opengov_budget_unit"]
