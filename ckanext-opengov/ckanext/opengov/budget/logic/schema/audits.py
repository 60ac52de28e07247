"""What the actions on audits take."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Schema

from ckanext.opengov.budget.logic.schema.common import address, agency, one_of, page, reference
from ckanext.opengov.budget.service.audits.life import FIELDS
from ckanext.opengov.budget.service.audits.rules import AUDIT_STATES, KINDS

# Read by service/audits/life.py and rules.py.
AUDIT = ("title", "summary", "kind", "audited", "period_from", "period_until", "amount", "act_number", "act_date")
FINDING = FIELDS


def create() -> Schema:
    """The auditing body, and the address."""
    v: Any = tk.get_validator
    return {"owner_org": [v("not_empty"), agency], "name": address()}


def transition() -> Schema:
    """An event and, to withdraw, why."""
    v: Any = tk.get_validator
    word = [v("ignore_empty"), v("unicode_safe")]
    return {"id": reference(), "event": [v("not_empty"), one_of(("publish", "withdraw"))], "reason": word}


def finding() -> Schema:
    """Which audit, which finding; without a number a new one."""
    v: Any = tk.get_validator
    return {"audit_id": reference(), "number": [v("ignore_empty"), v("is_positive_integer")]}


def listing() -> Schema:
    """Filters and a page."""
    v: Any = tk.get_validator
    return {
        "kind": [v("ignore_empty"), one_of(KINDS)],
        "state": [v("ignore_empty"), one_of(AUDIT_STATES)],
        "agency": [v("ignore_empty"), agency],
        "body": [v("ignore_empty"), agency],
        "year": [v("ignore_empty"), v("natural_number_validator")],
        **page(),
    }


def totals() -> Schema:
    """For which year and agency."""
    v: Any = tk.get_validator
    return {"year": [v("ignore_empty"), v("natural_number_validator")], "agency": [v("ignore_empty"), agency]}
