"""How items stand to their dates, in one statement: what is due next, and by how many days it is late.

An item without a public data set is due on its date. Once there is one, it is due again when its last update is older
than its kind of update allows, and never before its date.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic.service import officers
from ckanext.opengov.data.model.lists import ListItem
from ckanext.opengov.data.service.lists.criteria import FREQUENCIES
from ckanext.opengov.data.service.lists.states import IN_FORCE

SOON = 14
_DATE = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"


def _updated_on() -> Any:
    """The day of the last update: what the passport says, or when a file came, or when the data set was linked."""
    stated = model.Package.extras["modified"].astext  # pyright: ignore[reportIndexIssue]
    modified = sa.case((stated.regexp_match(_DATE), sa.func.to_date(sa.func.left(stated, 10), "YYYY-MM-DD")))
    changed = sa.func.coalesce(model.Resource.last_modified, model.Resource.created)
    of_package = (model.Resource.package_id == ListItem.dataset_id, model.Resource.state == "active")
    files = sa.select(sa.cast(sa.func.max(changed), sa.Date)).where(*of_package).scalar_subquery()
    return sa.func.greatest(modified, files, ListItem.linked_on)


def query() -> sa.Select[Any]:
    """Every item with ``dataset_name``, ``updated_on`` and ``next_due`` (None when nothing is due any more)."""
    is_there = sa.and_(
        model.Package.id == ListItem.dataset_id, model.Package.state == "active", sa.not_(model.Package.private)
    )
    updated = _updated_on()
    period = sa.case(
        *(
            (ListItem.frequency == code, sa.cast(sa.literal(length), sa.Interval))
            for code, length in FREQUENCIES.items()
            if length
        ),
    )
    again = sa.case((period.is_not(None), sa.func.greatest(ListItem.due_on, sa.cast(updated + period, sa.Date))))
    next_due = sa.case((model.Package.id.is_(None), ListItem.due_on), else_=again)
    return (
        sa.select(
            ListItem,
            model.Package.name.label("dataset_name"),
            model.Package.title.label("dataset_title"),
            sa.case((model.Package.id.is_not(None), updated)).label("updated_on"),
            next_due.label("next_due"),
        )
        .select_from(ListItem)
        .outerjoin(model.Package, is_there)
    )


@dataclass(frozen=True)
class Standing:
    """An item and how it stands today: ``mark`` is planned, waiting, soon, late or good."""

    item: ListItem
    dataset_name: str | None
    dataset_title: str | None
    updated_on: dt.date | None
    next_due: dt.date | None
    today: dt.date

    @property
    def is_binding(self) -> bool:
        return self.item.state in IN_FORCE

    @property
    def days_late(self) -> int:
        """By how many days it is late; 0 when it is not."""
        if not self.is_binding or self.next_due is None:
            return 0
        return max((self.today - self.next_due).days, 0)

    @property
    def mark(self) -> str:
        if not self.is_binding:
            return "planned"
        if self.days_late:
            return "late"
        if self.next_due is not None and (self.next_due - self.today).days <= SOON:
            return "soon"
        return "good" if self.dataset_name else "waiting"


def of_agency(agency_id: str, states: Iterable[str]) -> list[Standing]:
    """The items of a list, by number."""
    statement = query().where(ListItem.agency_id == agency_id, ListItem.state.in_(list(states)))
    today = officers.today()
    rows = model.Session.execute(statement.order_by(ListItem.number))
    return [Standing(item, name, title, updated, due, today) for item, name, title, updated, due in rows]


@dataclass(frozen=True)
class Figures:
    """A list in numbers. ``waiting`` items have no data set yet, and still time."""

    agency_id: str
    items: int
    published: int
    late: int
    waiting: int

    @property
    def score(self) -> float | None:
        """The share of items that are on time, of those that are published or late; None while there are none."""
        counted = self.items - self.waiting
        return (counted - self.late) / counted if counted else None


def figures(agency_id: str | None = None) -> list[Figures]:
    """The numbers of every list, or of one, in one statement."""
    rows = query().where(ListItem.state.in_(IN_FORCE))
    if agency_id:
        rows = rows.where(ListItem.agency_id == agency_id)
    one = rows.subquery()
    is_late = sa.func.coalesce(one.c.next_due < officers.today(), sa.false())
    is_there = one.c.dataset_name.is_not(None)
    statement = sa.select(
        one.c.agency_id,
        sa.func.count(),
        sa.func.count().filter(is_there),
        sa.func.count().filter(is_late),
        sa.func.count().filter(sa.not_(is_there), sa.not_(is_late)),
    ).group_by(one.c.agency_id)
    return [Figures(*row) for row in model.Session.execute(statement)]


def late(within: int) -> sa.Select[Any]:
    """Binding items that are late, or due within so many days."""
    last = officers.today() + dt.timedelta(days=within)
    one = query().where(ListItem.state.in_(IN_FORCE)).subquery()
    return sa.select(one).where(one.c.next_due <= last)
