"""The report of a programme for a year: what was reached and spent, beside what was promised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.budget.model.reports import Report
from ckanext.opengov.budget.service import amounts
from ckanext.opengov.budget.service.programmes.passport import Passport, texts
from ckanext.opengov.budget.service.refused import Findings
from ckanext.opengov.civic.service.refusal import N_


def published(programme_id: str, year: str) -> bool:
    """Whether the programme's report for that year is public."""
    query = sa.select(Report.id).where(
        Report.programme_id == programme_id, Report.period == year, Report.state == "published"
    )
    return model.Session.scalar(query.limit(1)) is not None


def check(passport: Passport, year: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of a report in the form in which they are kept.

    :param raw: ``reached``: indicator → {value, note}; ``spent``: line → {value, note}

    :raises Refused: when something is missing or no number
    """
    found = Findings()
    made = {
        "year": year,
        "scale": passport["scale"],
        "currency": passport["currency"],
        "indicators": _rows(passport["indicators"], year, "targets", raw.get("reached"), "reached", found),
        "lines": _rows(passport["lines"], year, "amounts", raw.get("spent"), "spent", found),
    }
    found.check()
    return made


def _rows(
    rows: list[dict[str, Any]], year: str, key: str, given: Any, field: str, found: Findings
) -> list[dict[str, Any]]:
    known: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
    made = []
    for row in rows:
        one = known.get(row["id"])
        one = one if isinstance(one, Mapping) else {"value": one}
        value = amounts.parse(one.get("value"))
        title = next(iter(row["title"].values()))
        if value is None:
            words = N_("“{title}”: give the number for {year}; “{given}” is none.")
            found.add(field, words, title=title, year=year, given=str(one.get("value") or "")[:40])
            continue
        note = texts(one.get("note"), 2_000) if isinstance(one.get("note"), Mapping) else {}
        shown = {name: row[name] for name in ("id", "title", "unit", "code") if name in row}
        made.append({**shown, "planned": row[key].get(year), "actual": amounts.plain(value), "note": note})
    return made
