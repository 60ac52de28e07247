"""Finding polls, and one of them as the API gives it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.service import agencies
from ckanext.opengov.dialog.model.polls import Poll, PollText
from ckanext.opengov.dialog.service.polls import voting
from ckanext.opengov.dialog.service.polls.rules import ENDED, State, state_at


def get(reference: Any) -> Poll:
    """A poll by its id or name.

    :raises ObjectNotFound: when there is none
    """
    package = model.Package.get(reference) if isinstance(reference, str) and reference else None
    poll = model.Session.get(Poll, package.id) if package and package.state == model.State.ACTIVE else None
    if poll is None:
        raise tk.ObjectNotFound(tk._("There is no poll “{id}”.").format(id=str(reference or "")[:60]))
    return poll


def state_of(poll: Poll) -> State:
    """Where the poll stands at this moment."""
    return state_at(State(poll.state), poll.starts_at, poll.ends_at, voting.clock())


def shown(poll: Poll) -> dict[str, Any]:
    """The poll as a dict; times in UTC."""
    agency = model.Group.get(poll.agency_id)
    title = agency.extras.get("title_translated") if agency else None
    return {
        "id": poll.id,
        "agency": {
            "id": poll.agency_id,
            "name": agency.name if agency else "",
            "title": agencies.shown_title(agency.name, agency.title, title) if agency else "",
        },
        "state": str(state_of(poll)),
        "title": poll.title,
        "notes": poll.notes,
        "questions": poll.questions,
        "starts_at": poll.starts_at.isoformat(),
        "ends_at": poll.ends_at.isoformat(),
        "level": poll.level,
        "results_when": poll.results_when,
        "conclusion": poll.conclusion,
        # Once counted, the number is known: lists do not count a million rows again.
        "ballots": poll.results["ballots"] if poll.state in ENDED and poll.results else voting.ballots(poll.id),
    }


def listed(
    state: State | None, agency_id: str | None, drafts_of: Collection[str] | None, offset: int, limit: int
) -> tuple[int, list[Poll]]:
    """How many polls there are, and some of them: running ones by their end, then what comes, then what is over.

    :param drafts_of: the agencies whose drafts may be seen; None for all
    """
    now = sa.func.clock_timestamp()
    running = Poll.state.in_((State.ANNOUNCED, State.OPEN))
    conditions = {
        State.DRAFT: Poll.state == State.DRAFT,
        State.ANNOUNCED: sa.and_(running, Poll.starts_at > now),
        State.OPEN: sa.and_(running, Poll.starts_at <= now, Poll.ends_at > now),
        State.CLOSED: sa.or_(Poll.state.in_(ENDED), sa.and_(running, Poll.ends_at <= now)),
        State.PUBLISHED: Poll.state == State.PUBLISHED,
    }
    wanted = [conditions[state] if state else Poll.state != State.DRAFT]
    if agency_id:
        wanted.append(Poll.agency_id == agency_id)
    if state == State.DRAFT and drafts_of is not None:
        wanted.append(Poll.agency_id.in_(drafts_of))
    rank = sa.case((conditions[State.OPEN], 0), (conditions[State.ANNOUNCED], 1), else_=2)
    is_over = Poll.ends_at <= now
    ordered = (rank, sa.case((is_over, None), else_=Poll.ends_at), Poll.ends_at.desc(), Poll.id)
    query = sa.select(Poll).where(*wanted)
    count = model.Session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    return count, list(model.Session.scalars(query.order_by(*ordered).offset(offset).limit(limit)))


def texts(poll_id: str, state: str, limit: int) -> list[dict[str, Any]]:
    """Answers in own words for a moderator, in the order of their random ids."""
    query = sa.select(PollText).where(PollText.poll_id == poll_id, PollText.state == state)
    names = ("id", "question_id", "text", "state", "reason")
    found = model.Session.scalars(query.order_by(PollText.id).limit(limit))
    return [{name: getattr(one, name) for name in names} for one in found]


def is_over(poll: Poll) -> bool:
    """Whether the poll has ended and its ballots are counted."""
    return poll.state in ENDED
