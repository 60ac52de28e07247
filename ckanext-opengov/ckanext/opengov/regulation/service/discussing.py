"""How acts are discussed: by everybody with a confirmed address, moderated before, only in the announced term."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.interfaces import Link
from ckanext.opengov.civic.service import wording
from ckanext.opengov.civic.service.discussion.rules import DiscussionRules, EntityLink
from ckanext.opengov.regulation.model.acts import DraftAct
from ckanext.opengov.regulation.model.remarks import Remark, Response
from ckanext.opengov.regulation.service import answering, changes, moving, people, showing
from ckanext.opengov.regulation.service.words import OUTCOMES, TYPE


def address(act: DraftAct) -> str:
    """The page of an act, without a language."""
    return f"/draft-act/{act.number}"


def _link(act_id: str) -> EntityLink:
    act = showing.find(act_id)
    return EntityLink(wording.pick(act.title, wording.current()), address(act), act.agency_id)


def _is_open(act_id: str) -> tuple[bool, str]:
    """Until the last channel closes; that of citizens may be over before, see ``commenting``."""
    act = showing.find(act_id)
    if moving.state_of(act) == "discussion":
        return True, ""
    return False, tk._("Comments are taken while the act is in discussion. Read the answers on its page.")


def _speaks(user_id: str, act_id: str) -> bool:
    act = model.Session.get(DraftAct, act_id)
    return act is not None and people.writes(user_id, act.agency_id)


def _readable(user_id: str | None, act_id: str) -> bool:
    act = model.Session.get(DraftAct, act_id)
    return act is not None and showing.may_read(act, user_id)


def _became(ids: Collection[str]) -> Mapping[str, Sequence[Link]]:
    """The agency's answer, and whether the text changed where it had promised to."""
    query = (
        sa.select(Remark, Response, DraftAct)
        .join(DraftAct, DraftAct.id == Remark.package_id)
        .outerjoin(Response, Response.id == Remark.response_id)
        .where(Remark.comment_id.in_(ids))
    )
    found: dict[str, list[Link]] = {}
    changed = changes.of_comments(ids)
    for remark, response, act in model.Session.execute(query):
        page = f"{address(act)}/comment/{remark.comment_id}"
        links = [Link(tk._(OUTCOMES[response.outcome]), page)] if response else []
        if answering.is_unkept(remark, response, act.version):
            links.append(Link(tk._("Accepted, but the text has not changed"), page))
        elif remark.mark == "changed":
            place = f"{address(act)}?version={act.version}#{remark.place}"
            links.append(Link(tk._("The text at this place was changed"), place))
        for change in changed.get(remark.comment_id, ()):
            title = tk._("The text was changed for it in version {version}").format(version=change["version"])
            compared = f"{address(act)}/compare?after={change['version']}#change-{change['eid']}"
            links.append(Link(title, compared))
        found[remark.comment_id] = links
    return found


RULES = {
    TYPE: DiscussionRules(
        link=_link,
        is_open=_is_open,
        competent=_speaks,
        readable=_readable,
        became=_became,
        attachments=3,
        answers_when_closed=True,
    )
}
