"""The way of a poll: each change, its journal entry and what follows from it in the session's open transaction."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.lib.search import rebuild

from ckanext.opengov.civic.guard import service_context
from ckanext.opengov.civic.interfaces import PeriodicTask
from ckanext.opengov.civic.model.outbox import OutboxMessage
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import journal, notices, outbox, wording
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.dialog.model.polls import Participation, Poll, PollText, random_id
from ckanext.opengov.dialog.service.polls import results, voting
from ckanext.opengov.dialog.service.polls.questions import LANGUAGES
from ckanext.opengov.dialog.service.polls.rules import ENDED, Event, PollRefusal, State, next_state, state_at

log = logging.getLogger(__name__)

TYPE = "poll"
COMPONENT = "dialog"
INDEX = "poll.index"

EVENTS: Mapping[str, str] = {
    "poll.created": N_("Poll drafted"),
    "poll.changed": N_("Poll changed before the first vote"),
    "poll.announce": N_("Poll announced"),
    "poll.withdraw": N_("Announcement taken back"),
    "poll.open": N_("Voting began"),
    "poll.close": N_("Voting ended; ballots counted: {ballots}"),
    "poll.publish": N_("The agency published its conclusion"),
    "poll.texts": N_("A moderator decided on answers in own words: {number}"),
}
OFFICERS = frozenset({Role.PUBLISHER, Role.MODERATOR})
PERMISSIONS: Mapping[str, frozenset[Role]] = {
    "poll_create": OFFICERS,
    "poll_update": OFFICERS,
    "poll_transition": OFFICERS,
    "poll_text_moderate": frozenset({Role.MODERATOR}),
}
BY_CLOCK = N_("A poll begins and ends by the clock only.")
TOLD: Mapping[Event, str] = {
    Event.ANNOUNCE: N_("New poll: {title}"),
    Event.OPEN: N_("Voting has begun: {title}"),
    Event.CLOSE: N_("Results of the poll: {title}"),
    Event.PUBLISH: N_("What the agency does after the poll: {title}"),
}


def create(context: Any, values: Mapping[str, Any], actor: str) -> Poll:
    """A new draft, with its package."""
    poll = Poll(id=random_id(), state=State.DRAFT, **_columns(values))
    site = tk.get_action("get_site_user")({"ignore_auth": True, "defer_commit": True}, {})
    package = {"id": poll.id, "name": values.get("name") or f"poll-{poll.id[:8]}", "private": True, **_package(poll)}
    inside = service_context(context) | {"user": site["name"], "defer_commit": True}
    tk.get_action("package_create")(inside, package)
    model.Session.add(poll)
    _record(poll, "poll.created", actor)
    return poll


def update(context: Any, poll_id: str, values: Mapping[str, Any], actor: str) -> Poll:
    """Change a poll in which nobody has voted.

    :raises PollRefusal: after the first vote and after the end
    """
    poll = locked(poll_id)
    voted = sa.select(Participation.poll_id).where(Participation.poll_id == poll.id)
    if model.Session.scalar(sa.select(voted.exists())):
        raise PollRefusal("id", N_("Somebody has voted already. From then on nothing in a poll changes."))
    if _state(poll) in ENDED:
        raise PollRefusal("id", N_("The poll has ended and can't be changed any more."))
    for name, value in _columns(values).items():
        setattr(poll, name, value)
    _save_package(context, poll)
    _record(poll, "poll.changed", actor)
    return poll


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    names = ("agency_id", "title", "notes", "questions", "starts_at", "ends_at", "level", "results_when")
    return {name: values[name] for name in names if name in values}


def move(context: Any, poll_id: str, event: Event, actor: str | None, conclusion: dict[str, str] | None = None) -> Poll:
    """Take a poll one step on: the only way in which its state changes.

    :raises PollRefusal: when the step does not fit
    """
    poll = locked(poll_id)
    target = next_state(State(poll.state), event)
    _check_step(poll, event, conclusion)
    public: dict[str, Any] = {}
    if event == Event.CLOSE:
        counted = results.computed(poll)
        poll.results, public = counted, {"ballots": counted["ballots"]}
    if event == Event.PUBLISH:
        poll.conclusion = conclusion
    poll.state = target
    _save_package(context, poll)
    _record(poll, f"poll.{event}", actor, public)
    _tell(poll, event)
    return poll


def _check_step(poll: Poll, event: Event, conclusion: dict[str, str] | None) -> None:
    now = voting.clock()
    if event == Event.ANNOUNCE and poll.ends_at <= now:
        raise PollRefusal("ends_at", N_("The end of the poll has passed. Choose a later one, then announce it."))
    if event == Event.WITHDRAW and poll.starts_at <= now:
        raise PollRefusal("event", N_("Voting has begun: the poll can't be taken back any more."))
    if (event == Event.OPEN and now < poll.starts_at) or (event == Event.CLOSE and now < poll.ends_at):
        raise PollRefusal("event", BY_CLOCK)
    if event == Event.PUBLISH and not conclusion:
        raise PollRefusal("conclusion", N_("Write what the agency will do with the result, at least in one language."))


def locked(poll_id: str) -> Poll:
    """The poll, which nobody else changes until the transaction ends."""
    query = sa.select(Poll).where(Poll.id == poll_id).with_for_update()
    return model.Session.scalars(query.execution_options(populate_existing=True)).one()


def _state(poll: Poll) -> State:
    return state_at(State(poll.state), poll.starts_at, poll.ends_at, voting.clock())


def _package(poll: Poll) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "type": TYPE,
        "title_translated": dict(poll.title),
        "title": wording.pick(poll.title, "kk"),
        "owner_org": poll.agency_id,
        "poll_state": str(poll.state),
        "starts_on": _indexed(poll.starts_at),
        "ends_on": _indexed(poll.ends_at),
    }
    if poll.notes:
        fields |= {"notes_translated": dict(poll.notes), "notes": wording.pick(poll.notes, "kk")}
    return fields


def _indexed(moment: dt.datetime) -> str:
    """In UTC; in fields whose names do not end in ``_date``, which CKAN would write as Solr does not read them."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _save_package(context: Any, poll: Poll) -> None:
    site = tk.get_action("get_site_user")({"ignore_auth": True, "defer_commit": True}, {})
    # CKAN 2.12 takes a deferred update back at its end unless only the id is asked for.
    inside = service_context(context) | {"user": site["name"], "defer_commit": True, "return_id_only": True}
    package = model.Session.get_one(model.Package, poll.id)
    is_draft = poll.state == State.DRAFT
    data = {"id": poll.id, "name": package.name, "private": is_draft, **_package(poll)}
    tk.get_action("package_update")(inside, data)


def _record(poll: Poll, event: str, actor: str | None, public: dict[str, Any] | None = None) -> None:
    model.Session.flush()
    journal.record(TYPE, poll.id, event, actor=actor, public=public)
    outbox.add(INDEX, {"poll": poll.id})


def _tell(poll: Poll, event: Event) -> None:
    if event not in TOLD:
        return
    notices.notify(
        f"poll.{event}",
        entity_type=TYPE,
        entity_id=poll.id,
        component=COMPONENT,
        agency_id=poll.agency_id,
        subject={
            code: wording.say(code, TOLD[event]).format(title=wording.pick(poll.title, code)) for code in LANGUAGES
        },
        body={code: wording.pick(poll.notes, code) for code in LANGUAGES},
        url=f"/poll/{poll.id}",
        key=f"poll.{event}:{poll.id}:{poll.starts_at.isoformat()}",
    )


def index(message: OutboxMessage) -> None:
    """Outbox handler: bring the search index to what the package says."""
    rebuild(message.payload["poll"])


HANDLERS = {INDEX: index}


def before_index(document: dict[str, Any]) -> dict[str, Any]:
    """Put title, notes and questions where the analyzers of their languages find them."""
    poll = model.Session.get(Poll, document["id"]) if document.get("type") == TYPE else None
    if poll is None:
        return document
    for name in ("title_translated", "notes_translated"):
        document.pop(name, None)
    asked = [text for question in poll.questions for text in _texts_of(question)]
    for code in LANGUAGES:
        document[f"text_{code}"] = [text[code] for text in (poll.title, poll.notes, *asked) if text.get(code)]
    document["text"] = [text for code in LANGUAGES for text in document[f"text_{code}"]]
    return document


def _texts_of(question: Mapping[str, Any]) -> list[dict[str, str]]:
    return [question["text"], *(option["text"] for option in question.get("options", []))]


# --- answers in own words


def decide(poll_id: str, ids: list[str], state: str, reason: str | None, actor: str) -> int:
    """Show or hide answers in own words.

    :param state: ``public`` or ``hidden``

    :returns: how many were decided
    """
    change = sa.update(PollText).where(PollText.poll_id == poll_id, PollText.id.in_(ids))
    number = model.Session.execute(change.values(state=state, reason=reason)).rowcount
    if number:
        journal.record(TYPE, poll_id, "poll.texts", actor=actor, public={"number": number}, internal={"to": state})
    return number


# --- periodic work


def advance(now: dt.datetime | None = None) -> int:
    """Open and close what the clock says, and renew the figures of running polls that show them. Commits.

    :returns: how many polls moved
    """
    moment = now or voting.clock()
    due = sa.or_(
        sa.and_(Poll.state == State.ANNOUNCED, Poll.starts_at <= moment),
        sa.and_(Poll.state == State.OPEN, Poll.ends_at <= moment),
    )
    count = 0
    for poll_id in model.Session.scalars(sa.select(Poll.id).where(due)).all():
        count += _advance(poll_id, moment)
    running = sa.select(Poll.id).where(Poll.state == State.OPEN, Poll.results_when == "at_once")
    for poll_id in model.Session.scalars(running).all():
        _refresh(poll_id)
    return count


def _advance(poll_id: str, moment: dt.datetime) -> int:
    """One poll as far as the clock says: a short poll may begin and end between two runs."""
    count = 0
    for event, state in ((Event.OPEN, State.ANNOUNCED), (Event.CLOSE, State.OPEN)):
        poll = model.Session.get_one(Poll, poll_id, populate_existing=True)
        is_due = (poll.starts_at if event == Event.OPEN else poll.ends_at) <= moment
        if poll.state != state or not is_due:
            continue
        try:
            move({"model": model, "session": model.Session}, poll_id, event, None)
            model.Session.commit()
            count += 1
        except PollRefusal:
            # Another process was quicker.
            model.Session.rollback()
        if event == Event.CLOSE:
            voting.shuffle(poll_id)
    return count


def _refresh(poll_id: str) -> None:
    # Held, so that figures of a running poll never overwrite the final ones.
    poll = locked(poll_id)
    found = voting.ballots(poll.id)
    if poll.state == State.OPEN and found >= results.SMALLEST and found != (poll.results or {}).get("ballots"):
        poll.results = results.computed(poll)
    model.Session.commit()


def shuffle_running() -> int:
    """Shuffle the rows of all polls that run. Commits.

    :returns: how many
    """
    running = model.Session.scalars(sa.select(Poll.id).where(Poll.state == State.OPEN)).all()
    for poll_id in running:
        voting.shuffle(poll_id)
    return len(running)


HOUR = 3_600
PERIODIC = (
    PeriodicTask("polls-clock", 30, advance),
    PeriodicTask("polls-shuffle", HOUR, shuffle_running),
)
