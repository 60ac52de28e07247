"""Contests of apps: a period for entries, marks of a jury, places. Phases follow the clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import journal
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.model.apps import App, Contest, ContestMark, random_id
from ckanext.opengov.data.service.apps.rules import AppRefusal, State

ENTITY = "contest"
WINNING_PLACES = 3
LARGEST_JURY = 15
EVENTS: Mapping[str, str] = {
    "contest.create": N_("Contest announced"),
    "contest.decide": N_("Contest decided; entries: {entries}"),
}
ORGANISERS = frozenset({Role.LIST_APPROVER})
PERMISSIONS: Mapping[str, frozenset[Role]] = {"contest_create": ORGANISERS, "contest_decide": ORGANISERS}


class Phase(StrEnum):
    """Where a contest stands."""

    ANNOUNCED = "announced"
    OPEN = "open"
    JUDGING = "judging"
    DECIDED = "decided"


PHASES: Mapping[Phase, str] = {
    Phase.ANNOUNCED: N_("Begins soon"),
    Phase.OPEN: N_("Entries are open"),
    Phase.JUDGING: N_("The jury is at work"),
    Phase.DECIDED: N_("The contest is decided"),
}


def phase(contest: Contest, now: dt.datetime) -> Phase:
    """The phase at a time."""
    if contest.decided_at is not None:
        return Phase.DECIDED
    if now < contest.opens_at:
        return Phase.ANNOUNCED
    return Phase.OPEN if now < contest.closes_at else Phase.JUDGING


def places(marks: Mapping[str, Sequence[int]]) -> dict[str, int]:
    """App → place by the mean of its marks; equal means share a place, and the next one is left out (1, 1, 3)."""
    means = {app: Fraction(sum(given), len(given)) for app, given in marks.items() if given}
    return {app: 1 + sum(other > mean for other in means.values()) for app, mean in means.items()}


def get(reference: Any) -> Contest:
    """A contest by id or name.

    :raises ObjectNotFound: when there is none
    """
    text = reference if isinstance(reference, str) and reference.isprintable() else ""
    found = model.Session.scalar(sa.select(Contest).where(sa.or_(Contest.id == text, Contest.name == text)))
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no such contest."))
    return found


def _locked(contest: Contest) -> Contest:
    query = sa.select(Contest).where(Contest.id == contest.id).with_for_update()
    return model.Session.scalars(query.execution_options(populate_existing=True)).one()


def create(values: Mapping[str, Any], actor: str) -> Contest:
    """Announce a contest.

    :raises AppRefusal: for a name that is taken, for a jury of nobody or of unknown accounts
    """
    taken = sa.select(Contest.id).where(Contest.name == values["name"])
    if model.Session.scalar(taken) is not None:
        raise AppRefusal("name", N_("There is a contest with this address already. Choose another."))
    names = ("name", "title", "rules", "opens_at", "closes_at")
    contest = Contest(id=random_id(), jury=_jury(values["jury"]), **{name: values[name] for name in names})
    model.Session.add(contest)
    model.Session.flush()
    journal.record(ENTITY, contest.id, "contest.create", actor=actor)
    return contest


def _jury(names: Iterable[str]) -> list[str]:
    found = []
    for name in dict.fromkeys(names):
        user = model.User.get(name)
        if user is None or user.state != model.State.ACTIVE:
            raise AppRefusal("jury", N_("There is no account “{name}”."), name=name[:60])
        found.append(user.id)
    if not 1 <= len(found) <= LARGEST_JURY:
        raise AppRefusal("jury", N_("Name from 1 to {most} members of the jury."), most=LARGEST_JURY)
    return found


def enter(contest: Contest, app: App) -> None:
    """Enter an app. Nobody judges an own one, and an app takes part in one contest.

    :raises AppRefusal: outside of the period, for an app of a member of the jury, or one that took part elsewhere
    """
    if phase(contest, utc_now()) != Phase.OPEN:
        raise AppRefusal("contest", N_("Entries are not open now. The page of the contest says when they are."))
    if app.author_id in contest.jury:
        raise AppRefusal("contest", N_("Members of the jury do not take part."))
    if app.contest_id not in (None, contest.id):
        raise AppRefusal("contest", N_("The app takes part in another contest."))
    if app.state not in (State.WAITING, State.PUBLISHED):
        raise AppRefusal("contest", N_("An app that was refused or withdrawn can't take part."))
    app.contest_id = contest.id


def entries(contest: Contest) -> Sequence[App]:
    """The published apps that take part, those with a place first."""
    query = sa.select(App).where(App.contest_id == contest.id, App.state == State.PUBLISHED)
    return model.Session.scalars(query.order_by(App.place.asc().nulls_last(), App.created_at, App.id)).all()


def mark(contest: Contest, app: App, juror_id: str, value: int, note: str | None) -> None:
    """Give a mark, or change one that was given.

    :raises AppRefusal: while entries are open or after the decision, for an app that does not take part
    """
    contest = _locked(contest)
    if phase(contest, utc_now()) != Phase.JUDGING:
        raise AppRefusal("mark", N_("Marks are given between the end of entries and the decision."))
    if app.contest_id != contest.id or app.state != State.PUBLISHED:
        raise AppRefusal("app", N_("The app does not take part in this contest."))
    row = {"app_id": app.id, "juror_id": juror_id, "mark": value, "note": note}
    new = insert(ContestMark).values(row)
    model.Session.execute(
        new.on_conflict_do_update(index_elements=["app_id", "juror_id"], set_={"mark": value, "note": note})
    )


def marks(contest: Contest) -> dict[str, dict[str, int]]:
    """App → member of the jury → mark, of the published entries and the jury as it is."""
    found: dict[str, dict[str, int]] = {one.id: {} for one in entries(contest)}
    rows = sa.select(ContestMark).where(ContestMark.app_id.in_(found), ContestMark.juror_id.in_(contest.jury))
    for row in model.Session.scalars(rows):
        found[row.app_id][row.juror_id] = row.mark
    return found


def decide(contest: Contest, actor: str) -> Contest:
    """End a contest: the places follow from the marks.

    :raises AppRefusal: before the end of entries, without entries, while a mark is missing
    """
    contest = _locked(contest)
    if phase(contest, utc_now()) != Phase.JUDGING:
        raise AppRefusal("contest", N_("A contest is decided once, after the end of entries."))
    given = marks(contest)
    missing = sum(len(contest.jury) - len(one) for one in given.values())
    if not given or missing:
        text = N_("Marks are missing: {number}. Each member of the jury gives one to each app.")
        raise AppRefusal("contest", text, number=missing)
    won = places({app: list(one.values()) for app, one in given.items()})
    for app in entries(contest):
        app.place = won[app.id] if won[app.id] <= WINNING_PLACES else None
    contest.decided_at = utc_now()
    journal.record(ENTITY, contest.id, "contest.decide", actor=actor, public={"entries": len(given)})
    return contest
