"""What people are told: whoever follows an act or its agency, the authors of comments, the officers of the agency."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic.model.discussion import Comment
from ckanext.opengov.civic.model.outbox import OutboxMessage
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import notices, officers, outbox, wording
from ckanext.opengov.civic.service.calendar import local_date
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.regulation.model.acts import DraftAct
from ckanext.opengov.regulation.model.remarks import Remark, Response
from ckanext.opengov.regulation.service import answering, changes, discussing
from ckanext.opengov.regulation.service.words import COMPONENT, LANGUAGES, OUTCOMES, TYPE

# Accounts that one notice is for; a campaign may have a hundred thousand authors.
AT_ONCE = 500
SOON = dt.timedelta(days=2)

TOLD: Mapping[str, str] = {
    "announce": N_("A draft act will be discussed: {title}"),
    "open": N_("The discussion has begun: {title}"),
    "extend": N_("The discussion was extended: {title}"),
    "close": N_("The discussion is over: {title}"),
    "publish_report": N_("The answers to the comments are published: {title}"),
    "repeat": N_("A draft act will be discussed once more: {title}"),
    "publish_version": N_("There is a new version: {title}"),
    "agree": N_("Agreed with other bodies: {title}"),
    "adopt": N_("The act was adopted: {title}"),
    "withdraw": N_("The draft was taken back: {title}"),
}
UNTIL = N_("Comments are taken until {day}.")
ANSWER = N_("The agency answered your comment: {title}")
OUTCOME = N_("Answer: {outcome}")
PLACED = N_("There is a new version of an act that you commented on: {title}")
DUE = N_("Answers are due soon: {title}")


def _all(message: str, **values: Any) -> dict[str, str]:
    """The message in every language; a value may be a dict by language."""

    def said(language: str) -> str:
        own = {key: wording.pick(one, language) if isinstance(one, Mapping) else one for key, one in values.items()}
        return wording.say(language, message).format(**own)

    return {language: said(language) for language in LANGUAGES}


def moved(message: OutboxMessage) -> None:
    """Outbox handler: an act has gone one step."""
    payload = message.payload
    act = model.Session.get(DraftAct, payload["act"])
    if act is None or not act.version or payload["event"] not in TOLD:
        return
    event = payload["event"]
    has_end = event in ("announce", "open", "extend", "repeat") and act.ends_at
    body = _all(UNTIL, day=local_date(act.ends_at).isoformat()) if has_end and act.ends_at else {}
    reason = payload["public"].get("reason")
    body = {code: "\n\n".join(filter(None, (body.get(code), reason))) for code in LANGUAGES}
    _notify(act, f"draft_act.{event}", TOLD[event], body, key=f"{payload['round']}:{message.id}")
    if event == "publish_version":
        outbox.add(AUTHORS, {"act": act.id, "version": act.version, "after": 0})
        changes.tell_later(act.id)


def _notify(act: DraftAct, event: str, subject: str, body: Mapping[str, str], *, key: str, **more: Any) -> None:
    notices.notify(
        event,
        entity_type=TYPE,
        entity_id=act.id,
        component=COMPONENT,
        agency_id=act.agency_id,
        subject=_all(subject, title=act.title),
        body=body,
        url=more.pop("url", discussing.address(act)),
        key=f"{event}:{act.id}:{key}",
        **more,
    )


AUTHORS = "regulation.authors"


def answered(message: OutboxMessage) -> None:
    """Outbox handler: tell the authors of the comments that a response answers, some at a time."""
    response = model.Session.get(Response, message.payload["response"])
    act = model.Session.get(DraftAct, response.package_id) if response else None
    if response is None or act is None:
        return
    rows = _authors(message.payload["after"], Remark.response_id == response.id)
    if not rows:
        return
    words = _all(OUTCOME, outcome={code: wording.say(code, OUTCOMES[response.outcome]) for code in LANGUAGES})
    body = {code: "\n\n".join(filter(None, (words[code], response.reason))) for code in LANGUAGES}
    to = {author for author, _comment, _position in rows}
    single = f"/comment/{response.comment_id}" if response.comment_id else ""
    page = f"{discussing.address(act)}{single}"
    key = f"{response.id}:{message.payload['after']}"
    _notify(act, "draft_act.responded", ANSWER, body, key=key, to_users=sorted(to), url=page)
    if len(rows) == AT_ONCE:
        outbox.add(answering.ANSWERED, {"response": response.id, "after": rows[-1][2]})


def placed(message: OutboxMessage) -> None:
    """Outbox handler: tell those who commented on an act that its text has changed, some at a time."""
    payload = message.payload
    act = model.Session.get(DraftAct, payload["act"])
    if act is None:
        return
    rows = _authors(payload["after"], Remark.package_id == act.id)
    if not rows:
        return
    to = {author for author, _comment, _position in rows}
    key = f"{payload['version']}:{payload['after']}"
    _notify(act, "draft_act.placed", PLACED, dict.fromkeys(LANGUAGES, ""), key=key, to_users=sorted(to))
    if len(rows) == AT_ONCE:
        outbox.add(AUTHORS, {**payload, "after": rows[-1][2]})


def _authors(after: int, *conditions: Any) -> list[Any]:
    query = (
        sa.select(Comment.author_id, Remark.comment_id, Remark.position)
        .join(Remark, Remark.comment_id == Comment.id)
        .where(*conditions, Remark.position > after, Comment.state == "public")
        .order_by(Remark.position)
        .limit(AT_ONCE)
    )
    return list(model.Session.execute(query))


def tell_due(now: dt.datetime | None = None) -> int:
    """Remind the officers of agencies whose answers are due soon; each act once. Commits."""
    from ckanext.opengov.regulation.service import clock

    moment = now or clock.now()
    query = sa.select(DraftAct).where(DraftAct.state == "answers_due", DraftAct.answers_due_at < moment + SOON)
    count = 0
    for act in model.Session.scalars(query):
        roles = {Role.AUTHOR, Role.PUBLISHER}
        to = officers.responsible(COMPONENT, act.agency_id, roles)
        due = act.answers_due_at.isoformat() if act.answers_due_at else ""
        url = f"/draft-act/desk/{act.number}"
        _notify(act, "draft_act.due", DUE, dict.fromkeys(LANGUAGES, ""), key=due, to_users=to, url=url)
        count += 1
    model.Session.commit()
    return count
