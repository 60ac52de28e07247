"""Reports and the calendar of duties as readers get them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.budget.model.programmes import Programme
from ckanext.opengov.budget.model.reports import Report
from ckanext.opengov.budget.service import cards
from ckanext.opengov.budget.service.people import Person
from ckanext.opengov.budget.service.reports import figures
from ckanext.opengov.budget.service.reports.duties import Duty, Owed, known
from ckanext.opengov.budget.service.reports.kinds import KINDS, LEVELS, STATES, TABLE
from ckanext.opengov.civic.service import wording
from ckanext.opengov.civic.service.refusal import N_

OWED_STATES: Mapping[str, str] = {
    "published": N_("Published in time"),
    "published_late": N_("Published late"),
    "late": N_("Late"),
    "awaited": N_("Awaited"),
}


def _picked(value: Mapping[str, str]) -> str:
    return wording.pick(value, wording.current())


def briefs(many: Sequence[Report]) -> list[dict[str, Any]]:
    """Reports in a list: what belongs to them is read for all at once."""
    names, places = cards.names({one.id for one in many}), cards.agencies_of({one.agency_id for one in many})
    return [{**_own(one), "name": names[one.id], "agency": places[one.agency_id]} for one in many]


def _own(found: Report) -> dict[str, Any]:
    return {
        "id": found.id,
        "kind": found.kind,
        "kind_title": tk._(KINDS[found.kind]),
        "level": found.level,
        "level_title": tk._(LEVELS[found.level]) if found.level else None,
        "period": found.period,
        "state": found.state,
        "state_title": tk._(STATES[found.state]),
        "title": _picked(found.title),
        "title_translated": found.title,
        "published_at": found.published_at.isoformat() if found.published_at else None,
    }


def full(found: Report, person: Person) -> dict[str, Any]:
    """A report with its figures, and what this person may do now."""
    kinds = person.kinds(found.agency_id)
    events = [
        event
        for (state, event), rule in TABLE.items()
        if state == found.state and not kinds.isdisjoint({str(role) for role in rule.who})
    ]
    programme = model.Session.get(Programme, found.programme_id) if found.programme_id else None
    return {
        **briefs([found])[0],
        "summary": _picked(found.summary),
        "summary_translated": found.summary,
        "figures": found.figures,
        "totals": figures.totals(found.figures),
        "bars": [row | {"title": _picked(row["title"])} for row in figures.bars(found.figures)],
        "programme": {"id": programme.id, "title": _picked(programme.passport["title"])} if programme else None,
        "reached": _reached(found.figures),
        "budget": found.budget,
        "links": found.links,
        "events": events,
    }


def _reached(kept: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Of a programme's report: indicators and lines in the reader's language."""
    return {
        name: [_row(row) for row in kept[name]] for name in ("indicators", "lines") if name in kept and kept.get("year")
    }


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    from decimal import Decimal

    known_plan = row["planned"] is not None
    done = figures.share(Decimal(row["planned"]), Decimal(row["actual"])) if known_plan else None
    more = {name: _picked(row[name]) for name in ("title", "unit", "note") if name in row}
    return {
        **row,
        **more,
        "share": done,
        "is_reached": known_plan and Decimal(row["actual"]) >= Decimal(row["planned"]),
    }


def page(wanted: Mapping[str, Any], hidden: Collection[str] | None) -> tuple[int, list[Report]]:
    """How many reports there are, and some of them.

    :param hidden: agencies whose drafts are shown too; None for all
    """
    conditions: list[sa.ColumnElement[bool]] = [
        getattr(Report, column) == wanted[name]
        for name, column in (("kind", "kind"), ("level", "level"), ("state", "state"), ("agency", "agency_id"))
        if wanted.get(name)
    ]
    if wanted.get("year"):
        conditions.append(Report.period.startswith(str(wanted["year"])))
    if hidden is not None:
        conditions.append(sa.or_(Report.published_at.is_not(None), Report.agency_id.in_(list(hidden))))
    if not wanted.get("state"):
        conditions.append(Report.state != "withdrawn")
    count = model.Session.scalar(sa.select(sa.func.count()).select_from(Report).where(*conditions)) or 0
    order = (Report.published_at.desc().nulls_first(), Report.period.desc(), Report.id)
    query = sa.select(Report).where(*conditions).order_by(*order)
    return count, list(model.Session.scalars(query.offset(wanted["offset"]).limit(wanted["limit"])))


# --- the calendar


def duty(one: Duty) -> dict[str, Any]:
    """One row of the table of duties."""
    return {
        "key": one.key,
        "kind": one.kind,
        "level": one.level,
        "period": one.period,
        "due_days": one.due_days,
        "title": _picked(one.title),
        "basis": _picked(one.basis),
        "date": one.date.isoformat(),
        "verified": one.verified,
    }


def calendar(found: Sequence[Owed], today: dt.date, *, only_late: bool) -> dict[str, Any]:
    """What is owed, and by whom."""
    places = cards.agencies_of({one.agency_id for one in found})
    rows = [_owed(one, today, places[one.agency_id]) for one in found]
    per_agency: dict[str, dict[str, Any]] = {}
    for row in rows:
        one = per_agency.setdefault(
            row["agency"]["id"], {"agency": row["agency"], "owed": 0, "late": 0, "came_late": 0}
        )
        one["owed"] += 1
        one["late"] += row["state"] == "late"
        one["came_late"] += row["state"] == "published_late"
    ranked = sorted(per_agency.values(), key=lambda one: (-one["late"], -one["came_late"], one["agency"]["title"]))
    shown = [row for row in rows if row["state"] == "late"] if only_late else rows
    return {"duties": [duty(one) for one in known().values()], "owed": shown[::-1], "agencies": ranked}


def _owed(one: Owed, today: dt.date, agency: cards.Agency) -> dict[str, Any]:
    state = one.state(today)
    return {
        "duty": one.duty.key,
        "title": _picked(one.duty.title),
        "agency": agency,
        "period": one.period,
        "due_on": one.due_on.isoformat(),
        "published_on": one.published_on.isoformat() if one.published_on else None,
        "programme_id": one.programme_id,
        "state": state,
        "state_title": tk._(OWED_STATES[state]),
        "days_late": one.days_late(today),
    }
