"""What waits for officers in the lists of open data."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.service import wording
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.civic.tasks import TaskQuery
from ckanext.opengov.data.model.lists import ListItem
from ckanext.opengov.data.service.lists import standing
from ckanext.opengov.data.service.lists.states import CREATE, IN_FORCE, TYPE, whoever
from ckanext.opengov.data.service.task_rows import Places, inside, row

KINDS = {
    "data_list_due": N_("Data sets of the list to publish or update"),
    "data_list_agree": N_("Items of the list to agree"),
    "data_list_approve": N_("Lists to approve"),
    "data_list_decide": N_("Changes of lists to decide"),
}


def parts(query: TaskQuery) -> list[sa.Select[Any]]:
    """The parts of the statement in which the user holds a role."""
    wanted = (
        (query.places(CREATE), _due),
        (query.places(whoever("agree")), _to_agree),
        (query.places(whoever("approve")), _to_approve),
        (query.places(whoever("amend")), _to_decide),
    )
    return [part(places) for places, part in wanted if places is None or places]


def _picked(texts: Any) -> sa.ColumnElement[str]:
    """The text of a column of translations that the reader knows best."""
    known = dict.fromkeys((wording.current(), *tk.config["ckan.locales_offered"]))
    return sa.func.coalesce(*(sa.func.nullif(texts[code].astext, "") for code in known), "")


def _end_of(day: Any) -> Any:
    """The last second of a day in Almaty."""
    midnight = sa.cast(day + 1, sa.DateTime(timezone=False)).op("AT TIME ZONE")("Asia/Almaty")
    return midnight - sa.cast(sa.literal("1 second"), sa.Interval)


def _due(places: Places) -> sa.Select[Any]:
    """Each item that is late or due within two weeks."""
    one = standing.late(standing.SOON).subquery("due")
    title = sa.cast(one.c.number, sa.Text) + ". " + _picked(one.c.title)
    part = row(
        "data_list_due", one.c.id, one.c.agency_id, title, (one.c.agency_id, TYPE), due_at=_end_of(one.c.next_due)
    )
    return part.where(inside(one.c.agency_id, places))


def _lists(kind: str, places: Places, *conditions: Any) -> sa.Select[Any]:
    """One task for each list in which items wait."""
    counted = (
        sa.select(ListItem.agency_id, sa.func.count().label("number"))
        .where(*conditions)
        .group_by(ListItem.agency_id)
        .subquery()
    )
    agency = counted.c.agency_id
    part = row(kind, agency, agency, model.Group.title, (agency, TYPE), count=counted.c.number)
    return part.join(model.Group, model.Group.id == agency).where(inside(agency, places))


def _to_agree(places: Places) -> sa.Select[Any]:
    return _lists("data_list_agree", places, ListItem.state == "draft")


def _to_approve(places: Places) -> sa.Select[Any]:
    return _lists("data_list_approve", places, ListItem.state == "agreed")


def _to_decide(places: Places) -> sa.Select[Any]:
    return _lists("data_list_decide", places, ListItem.state.in_(IN_FORCE), ListItem.proposal.is_not(None))


def title(kind: str, count: int, text: str) -> str:
    """What a task says: how many items wait, and whose they are."""
    if kind == "data_list_due":
        return text
    words = tk.ungettext("{number} item waits: {title}", "{number} items wait: {title}", count)
    return words.format(number=count, title=text)


def url(agency_id: str) -> str:
    """The page on which the work is done."""
    return tk.url_for("opengov_data_list_work.show", agency=agency_id)
