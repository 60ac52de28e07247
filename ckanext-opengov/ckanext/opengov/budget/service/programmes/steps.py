"""What the rules of one event look at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ckanext.opengov.budget.model.programmes import Programme
from ckanext.opengov.budget.service.people import Person


@dataclass
class Step:
    """One event on its way. ``public`` is what the journal tells everybody of it."""

    programme: Programme
    event: str
    person: Person
    data: Mapping[str, Any]
    now: dt.datetime
    public: dict[str, Any] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """Why, in the words of whoever decides."""
        return str(self.data.get("reason") or "").strip()

    @property
    def year(self) -> str:
        """The year of a report."""
        return str(self.data.get("year") or "")
