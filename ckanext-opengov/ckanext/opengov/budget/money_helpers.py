"""How templates of open budgets write amounts and days."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import ckan.plugins.toolkit as tk
from babel.dates import format_date
from babel.numbers import format_decimal

__all__ = ["opengov_budget_day", "opengov_budget_money", "opengov_budget_unit"]


def opengov_budget_money(text: str | None) -> str:
    """An exact decimal with its thousands parted as the reader's language does; a dash where there is none."""
    if text in (None, ""):
        return "—"
    number = Decimal(text)
    places = max(-int(number.as_tuple().exponent), 0)
    return format_decimal(number, format="#,##0." + "0" * places if places else "#,##0", locale=tk.h.lang())


def opengov_budget_unit(scale: int) -> str:
    """In what amounts are counted."""
    return {1: tk._("tenge"), 1_000: tk._("thousand tenge"), 1_000_000: tk._("million tenge")}[scale]


def opengov_budget_day(text: str | None) -> str:
    """A day, or the day of a moment in the portal's zone, as one reads it."""
    if not text:
        return ""
    if len(text) > 10:
        day = dt.datetime.fromisoformat(text).astimezone(tk.h.get_display_timezone()).date()
    else:
        day = dt.date.fromisoformat(text)
    return format_date(day, "long", locale=tk.h.lang())
