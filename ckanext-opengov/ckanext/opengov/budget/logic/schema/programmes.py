"""What the actions on programmes take."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Schema

from ckanext.opengov.budget.logic.schema.common import address, agency, day, one_of, page, reference
from ckanext.opengov.budget.service.programmes.importing import COMING
from ckanext.opengov.budget.service.programmes.states import OF_OFFICERS, STATES

# Read by service/programmes/passport.py.
PASSPORT = ("title", "goal", "code", "responsible", "years", "scale", "indicators", "lines")
OF_EVENTS = ("passport", "replies", "reached", "spent", "summary")
OF_OPINION = ("verdict", "text", "language", "held_on", "votes_for", "votes_against", "votes_abstained", "remarks")


def create() -> Schema:
    """Whose the programme is, and its address."""
    v: Any = tk.get_validator
    return {"owner_org": [v("not_empty"), agency], "name": address()}


def bringing() -> Schema:
    """Whose the programme is, where it stands, and what was before."""
    v: Any = tk.get_validator
    return {
        "owner_org": [v("not_empty"), agency],
        "name": [v("not_empty"), v("name_validator")],
        "state": [v("not_empty"), one_of(COMING)],
        "discussed_from": [v("ignore_empty"), day],
        "discussed_until": [v("ignore_empty"), day],
        "order_number": [v("ignore_empty"), v("unicode_safe")],
        "order_date": [v("ignore_empty"), day],
        "__junk": [v("ignore")],
    }


def transition() -> Schema:
    """An event and what some of them want."""
    v: Any = tk.get_validator
    words = ("reason", "order_number", "order_date", "year")
    rules: Schema = {"id": reference(), "event": [v("not_empty"), one_of(OF_OFFICERS)]}
    return {**rules, **{name: [v("ignore_empty"), v("unicode_safe")] for name in words}}


def compare() -> Schema:
    """A programme and two of its versions."""
    v: Any = tk.get_validator
    number = [v("ignore_empty"), v("natural_number_validator")]
    return {"id": reference(), "before": number, "after": number}


def listing() -> Schema:
    """Filters and a page."""
    v: Any = tk.get_validator
    return {
        "state": [v("ignore_empty"), one_of(STATES)],
        "agency": [v("ignore_empty"), agency],
        "year": [v("ignore_empty"), v("natural_number_validator")],
        "code": [v("ignore_empty"), v("unicode_safe")],
        "mine": [v("default")(False), v("boolean_validator")],
        **page(),
    }
