"""Who is told of a step of a list: whoever acts next, the agency of what was decided, followers of what is in force."""

from __future__ import annotations

from collections.abc import Sequence

import ckan.model as model

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import notices, wording
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.model.lists import ListItem
from ckanext.opengov.data.service import agencies, people
from ckanext.opengov.data.service.lists.states import COMPONENT, TITLES, TYPE

LANGUAGES = ("kk", "ru", "en")
# Steps that the authorised body has to answer, those that the agency has to hear of, those that everybody may know.
FOR_APPROVER = frozenset({"agree", "propose"})
FOR_AGENCY = frozenset({"approve", "return", "decline", "amend", "exclude"})
FOR_ALL = frozenset({"approve", "amend", "exclude"})
SUBJECT = N_("List of open data of “{agency}”: items – {number}")
MOST_LINES = 50
# An item and why.
Step = tuple[ListItem, str]


def moved(agency_id: str, event: str, steps: Sequence[Step]) -> None:
    """Tell of one step for some items of a list, in the session's open transaction: one letter for all of them."""
    if event not in FOR_APPROVER | FOR_AGENCY or not steps:
        return
    users = people.everybody_with(Role.LIST_APPROVER) if event in FOR_APPROVER else people.workers(agency_id)
    is_public = event in FOR_ALL
    if not users and not is_public:
        return
    agency = model.Group.get(agency_id)
    name = agency.name if agency else agency_id
    titles = agencies.titles([agency_id]).get(agency_id, {})
    notices.notify(
        f"data_list.{event}",
        entity_type=TYPE,
        entity_id=agency_id,
        agency_id=agency_id,
        component=COMPONENT,
        subject={
            code: wording.say(code, SUBJECT).format(
                agency=wording.pick(titles, code) or (agency.title if agency else name), number=len(steps)
            )
            for code in LANGUAGES
        },
        body={code: _lines(event, steps, code) for code in LANGUAGES},
        url=f"/list/{name}",
        to_users=users,
        public=is_public,
        key=f"data_list.{event}:{agency_id}:{utc_now().isoformat()}",
    )


def _lines(event: str, steps: Sequence[Step], language: str) -> str:
    sentence = wording.say(language, TITLES[f"data_list.{event}"])
    lines = [
        f"{sentence.format(number=item.number, reason=reason)} “{wording.pick(item.title, language)}”"
        for item, reason in steps[:MOST_LINES]
    ]
    return "\n\n".join([*lines, "…"] if len(steps) > MOST_LINES else lines)
