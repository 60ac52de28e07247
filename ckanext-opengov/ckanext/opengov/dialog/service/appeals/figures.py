"""Figures that are kept with every change: what an appeal adds to the counts, before and after it changed.

A change subtracts what the appeal added before and adds what it adds now, so the counts always equal a recount.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import ckan.model as model
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ckanext.opengov.civic.service.calendar import local_date
from ckanext.opengov.dialog.model.appeals import Appeal, Coverage, Days, Figure

METRICS = ("received", "answered", "in_time", "reopened", "forwarded", "rated", "useful", "solved")
NO_REGION = "-"
# What slices are told apart by, the coarsest first: a question is answered from the coarsest that tells enough.
PATTERNS = (
    (),
    ("agency_id",),
    ("topic",),
    ("region",),
    ("kind",),
    ("topic", "region"),
    ("agency_id", "kind"),
    ("topic", "kind"),
    ("region", "kind"),
    ("agency_id", "topic", "region", "kind"),
)
LONGEST = 3_650
# Beside each month stand all months together: a page without a period reads one row for each group.
EVER = dt.date.min


class Slice(NamedTuple):
    """Whose counts; an empty text stands for all, ``EVER`` for all months."""

    agency_id: str
    topic: str
    region: str
    kind: str
    month: dt.date


Counts = dict[Slice, Counter[Any]]


def of(appeal: Appeal) -> Counts:
    """What an appeal adds to each of its slices: counts by name, and by number the days its answer took."""
    added: Counter[Any] = Counter({"received": 1})
    answered = appeal.answered_at is not None
    added["answered"] = int(answered)
    added["in_time"] = int(answered and bool(appeal.in_time))
    added["reopened"] = int(appeal.reopened_at is not None)
    added["rated"] = int(appeal.rated_at is not None)
    added["useful"] = int(bool(appeal.useful))
    added["solved"] = int(bool(appeal.solved))
    if appeal.answered_at is not None:
        added[days_taken(appeal.registered_at, appeal.answered_at)] = 1
    return dict.fromkeys(slices(appeal, appeal.agency_id), added)


def days_taken(registered_at: dt.datetime, answered_at: dt.datetime) -> int:
    """Calendar days from registration to the answer."""
    return min(LONGEST, max(0, (local_date(answered_at) - local_date(registered_at)).days))


def slices(appeal: Appeal, agency_id: str) -> list[Slice]:
    """The slices that an appeal counts in."""
    parts = {
        "agency_id": agency_id,
        "topic": appeal.topic,
        "region": appeal.region or NO_REGION,
        "kind": appeal.kind,
    }
    return [
        Slice(**{name: value if name in kept else "" for name, value in parts.items()}, month=month)
        for kept in PATTERNS
        for month in (appeal.month, EVER)
    ]


def forwarded(appeal: Appeal, agency_id: str) -> Counts:
    """What a passing on adds at the agency that passed the appeal on."""
    return {one: Counter({"forwarded": 1}) for one in slices(appeal, agency_id)}


def change(*, minus: Counts | None = None, plus: Iterable[Counts] = ()) -> None:
    """Bring the counts to what has changed: the last statements of a transaction, for many wait for the same rows."""
    total: Counts = {}
    for sign, counts in [(-1, minus or {}), *((1, one) for one in plus)]:
        for place, added in counts.items():
            sums = total.setdefault(place, Counter())
            for name, number in added.items():
                sums[name] += sign * number
    _write(total)


def _write(total: Mapping[Slice, Counter[Any]]) -> None:
    # By key, so that two transactions never wait for each other crosswise.
    ordered = sorted(total.items())
    counts = [
        {**place._asdict(), **{name: added[name] for name in METRICS}}
        for place, added in ordered
        if any(added[name] for name in METRICS)
    ]
    days = [
        {**place._asdict(), "days": number, "count": added[number]}
        for place, added in ordered
        for number in sorted(key for key in added if isinstance(key, int))
        if added[number]
    ]
    _add(Figure, counts, METRICS)
    _add(Days, days, ("count",))


def _add(table: Any, rows: list[dict[str, Any]], names: Iterable[str]) -> None:
    if not rows:
        return
    # By arrays: the statement is the same for any number of rows, and so compiled once; an import has thousands.
    columns = [table.__table__.c[name] for name in rows[0]]
    arrays = [sa.literal([row[one.name] for row in rows], sa.ARRAY(one.type)) for one in columns]
    given = sa.func.unnest(*arrays).table_valued(*(sa.column(one.name) for one in columns), name="given")
    given = given.render_derived()
    source = sa.select(*(given.c[one.name] for one in columns))
    new = insert(table.__table__).from_select([one.name for one in columns], source)
    sums = {name: getattr(table, name) + new.excluded[name] for name in names}
    keys = [one.name for one in table.__table__.primary_key]
    model.Session.execute(new.on_conflict_do_update(index_elements=keys, set_=sums))


def count_coverage(appeal: Appeal) -> None:
    """One more complaint on coverage, in its square of about a kilometre."""
    given = appeal.coverage
    if not given:
        return
    row = {
        "operator": given["operator"],
        "fault": given["fault"],
        "region": appeal.region or NO_REGION,
        "month": appeal.month,
        "latitude": int(given["latitude"] * 100 // 1),
        "longitude": int(given["longitude"] * 100 // 1),
        "count": 1,
    }
    _add(Coverage, [row], ("count",))


def month_of(moment: dt.datetime) -> dt.date:
    """The first day of a moment's month in Almaty."""
    return local_date(moment).replace(day=1)


def conditions(filters: Mapping[str, Any], table: Any) -> list[sa.ColumnElement[bool]]:
    """Conditions of months."""
    found = []
    if filters.get("first"):
        found.append(table.month >= filters["first"])
    if filters.get("last"):
        found.append(table.month <= filters["last"])
    return found
