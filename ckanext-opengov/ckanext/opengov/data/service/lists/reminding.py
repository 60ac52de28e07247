"""Officers are reminded of what their list says is due soon, or late: one letter an agency, each date once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic.service import notices, officers, wording
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.model.lists import ListItem
from ckanext.opengov.data.service import people
from ckanext.opengov.data.service.lists import standing
from ckanext.opengov.data.service.lists.states import COMPONENT, TYPE

LANGUAGES = ("kk", "ru", "en")
SUBJECT = N_("Your list of open data: due or late – {number}")
SOON = N_("Item {number} “{title}”: due on {day}")
LATE = N_("Item {number} “{title}”: late since {day}")


def remind() -> int:
    """Write to the officers of each agency whose items are due within two weeks or late. Safe to repeat. Commits.

    :returns: the number of agencies that were reminded
    """
    today = officers.today()
    rows = list(model.Session.execute(standing.late(standing.SOON)).mappings())
    fresh = [row for row in rows if row["reminded"] != _mark(row, today)]
    fresh.sort(key=lambda row: (row["agency_id"], row["number"]))
    count = 0
    for agency_id, found in groupby(fresh, key=lambda row: row["agency_id"]):
        of_agency = list(found)
        users = people.workers(agency_id)
        if users:
            _write(agency_id, of_agency, users, today)
            count += 1
        for row in of_agency:
            model.Session.execute(
                sa.update(ListItem).where(ListItem.id == row["id"]).values(reminded=_mark(row, today))
            )
        model.Session.commit()
    return count


def _mark(row: Any, today: Any) -> str:
    return f"{row['next_due']}:{'late' if row['next_due'] < today else 'soon'}"


def _write(agency_id: str, rows: Sequence[Any], users: Sequence[str], today: Any) -> None:
    agency = model.Group.get(agency_id)
    name = agency.name if agency else agency_id
    notices.notify(
        "data_list.due",
        entity_type=TYPE,
        entity_id=agency_id,
        agency_id=agency_id,
        component=COMPONENT,
        subject={code: wording.say(code, SUBJECT).format(number=len(rows)) for code in LANGUAGES},
        body={code: "\n\n".join(_line(row, code, today) for row in rows) for code in LANGUAGES},
        url=f"/list/{name}/desk",
        to_users=users,
        public=False,
        key=f"data_list.due:{agency_id}:" + ",".join(f"{row['number']}:{_mark(row, today)}" for row in rows),
    )


def _line(row: Any, language: str, today: Any) -> str:
    sentence = wording.say(language, LATE if row["next_due"] < today else SOON)
    title = wording.pick(row["title"], language)
    return sentence.format(number=row["number"], title=title, day=f"{row['next_due']:%d.%m.%Y}")
