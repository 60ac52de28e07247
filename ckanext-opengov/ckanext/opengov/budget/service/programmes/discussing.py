"""How programmes are discussed: at indicators, at lines and as a whole, while the term runs; answered by the agency."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.budget.model.programmes import ProgrammeChange
from ckanext.opengov.budget.service.people import WRITERS, roles_in
from ckanext.opengov.budget.service.programmes import moving, passport
from ckanext.opengov.budget.service.programmes.states import STATES
from ckanext.opengov.civic.interfaces import Link
from ckanext.opengov.civic.service import wording
from ckanext.opengov.civic.service.discussion.rules import DiscussionRules, EntityLink


def _link(programme_id: str) -> EntityLink:
    found = moving.get(programme_id)
    title = wording.pick(found.passport["title"], wording.current())
    return EntityLink(title, f"/budget_programme/{programme_id}", found.agency_id)


def _is_open(programme_id: str) -> tuple[bool, str]:
    found = moving.get(programme_id)
    if found.state == "discussion":
        return True, ""
    message = tk._("Comments are taken while the programme is in public discussion. Now it is in the state “{state}”.")
    return False, message.format(state=tk._(STATES[found.state]))


def _has_place(programme_id: str, anchor: str) -> bool:
    return anchor in passport.anchors(moving.get(programme_id).passport)


def _speaks(user_id: str, programme_id: str) -> bool:
    found = moving.get(programme_id)
    return bool({str(role) for role in WRITERS} & roles_in(user_id, found.agency_id))


def _became(ids: Collection[str]) -> Mapping[str, Sequence[Link]]:
    """Comment → the places of the text that changed because of it."""
    wanted = sa.cast(sa.bindparam("ids", list(ids)), sa.ARRAY(sa.Text))
    query = sa.select(ProgrammeChange).where(ProgrammeChange.comments.has_any(wanted))
    found: dict[str, list[Link]] = {}
    for change in model.Session.scalars(query.order_by(ProgrammeChange.id)):
        page = f"/budget_programme/{change.programme_id}/compare#{change.anchor}"
        link = Link(tk._("It changed the programme: {note}").format(note=change.note[:150]), page)
        for one in ids:
            if one in change.comments:
                found.setdefault(one, []).append(link)
    return found


# The agency answers after the citizens have spoken, too.
RULES = DiscussionRules(
    link=_link,
    is_open=_is_open,
    has_place=_has_place,
    answers_when_closed=True,
    competent=_speaks,
    became=_became,
)
