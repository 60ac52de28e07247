"""What the templates of the workplace need beside their data."""

from __future__ import annotations

import datetime as dt

import ckan.plugins.toolkit as tk
from babel.dates import format_date
from ckan.common import current_user
from flask import g

from ckanext.opengov.civic.service import officers, workplace
from ckanext.opengov.civic.service.calendar import local_date

__all__ = ["opengov_deadline", "opengov_has_role"]

SOON = 3


def opengov_has_role() -> bool:
    """Whether the person who looks is an officer; asked once for each request."""
    if "opengov_has_role" not in g:
        known = current_user.is_authenticated
        is_admin = known and getattr(current_user, "sysadmin", False)
        g.opengov_has_role = is_admin or (known and workplace.has_role(current_user.id))
    return g.opengov_has_role


def opengov_deadline(moment: str) -> dict[str, str]:
    """A deadline as one reads it: the day, how far away it is, and ``mark``: overdue, soon or later."""
    due = dt.datetime.fromisoformat(moment)
    day = local_date(due)
    days = (day - officers.today()).days
    if due < dt.datetime.now(dt.UTC):
        late = max(-days, 0)
        text = tk.ungettext("{number} day late", "{number} days late", late).format(number=late)
        mark, text = "overdue", text if late else tk._("late since today")
    elif days == 0:
        mark, text = "soon", tk._("today")
    else:
        text = tk.ungettext("in {number} day", "in {number} days", days).format(number=days)
        mark = "soon" if days <= SOON else "later"
    return {"day": format_date(day, "medium", locale=tk.h.lang()), "left": text, "mark": mark, "date": day.isoformat()}
