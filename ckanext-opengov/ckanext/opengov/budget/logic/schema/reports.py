"""What the actions on reports take."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Schema

from ckanext.opengov.budget.logic.schema.common import address, agency, day, one_of, page, reference
from ckanext.opengov.budget.service.reports.kinds import KINDS, LEVELS, STATES

# Read by service/reports/life.py.
REPORT = ("kind", "level", "period", "title", "summary", "figures", "budget", "links")


def create() -> Schema:
    """Whose the report is, and its address."""
    v: Any = tk.get_validator
    return {"owner_org": [v("not_empty"), agency], "name": address()}


def transition() -> Schema:
    """An event and, to withdraw, why."""
    v: Any = tk.get_validator
    word = [v("ignore_empty"), v("unicode_safe")]
    return {"id": reference(), "event": [v("not_empty"), one_of(("publish", "withdraw"))], "reason": word}


def listing() -> Schema:
    """Filters and a page."""
    v: Any = tk.get_validator
    return {
        "kind": [v("ignore_empty"), one_of(KINDS)],
        "level": [v("ignore_empty"), one_of(LEVELS)],
        "state": [v("ignore_empty"), one_of(STATES)],
        "agency": [v("ignore_empty"), agency],
        "year": [v("ignore_empty"), v("natural_number_validator")],
        **page(),
    }


def duty_list() -> Schema:
    """For which agency and since when."""
    v: Any = tk.get_validator
    return {
        "agency": [v("ignore_empty"), agency],
        "since": [v("ignore_empty"), day],
        "until": [v("ignore_empty"), day],
        "late": [v("default")(False), v("boolean_validator")],
    }


def duty_assign() -> Schema:
    """A duty, an agency, and the days between which it owes it."""
    v: Any = tk.get_validator
    return {
        "duty": [v("not_empty"), v("unicode_safe")],
        "agency": [v("not_empty"), agency],
        "since": [v("not_empty"), day],
        "until": [v("ignore_empty"), day],
    }
