"""The workplace: what waits for an officer, of all components, by deadline; one statement for each component."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.interfaces import ComponentManifest, manifests
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.officers import Officer
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import agencies, officers
from ckanext.opengov.civic.service.refusal import N_, Refusal
from ckanext.opengov.civic.service.tasks import in_order
from ckanext.opengov.civic.tasks import BulkAction, Position, Task, TaskCount, TaskPage, TaskQuery

Held = Mapping[str, Mapping[Role, frozenset[str]]]


@dataclass(frozen=True)
class Filters:
    """What the officer looks for; None and False for everything."""

    component: str | None = None
    agency_id: str | None = None
    kind: str | None = None
    overdue: bool = False
    mine: bool = False


@dataclass(frozen=True)
class Shown:
    """A page of the list, the counters of all that waits, and where the next page begins."""

    tasks: list[Task]
    counts: list[TaskCount]
    next: str | None


def has_role(user_id: str) -> bool:
    """Whether a user holds any role today."""
    return officers.holds(user_id, Role, component=None, agency_id=None)


def held_by(user_id: str) -> Held:
    """Component → role → the agencies in which the user holds it today."""
    query = sa.select(Officer.component, Officer.role, Officer.agency_id)
    query = query.where(Officer.user_id == user_id, officers.counts_on(officers.today()))
    found: dict[str, dict[Role, set[str]]] = defaultdict(lambda: defaultdict(set))
    for component, role, agency_id in model.Session.execute(query):
        found[component][Role(role)].add(agency_id)
    return {name: {role: frozenset(ids) for role, ids in roles.items()} for name, roles in found.items()}


def with_tasks() -> dict[str, ComponentManifest]:
    """The components that give tasks, by name."""
    return {manifest.name: manifest for manifest in manifests() if manifest.tasks}


def page(user: model.User, filters: Filters, cursor: str | None, limit: int) -> Shown:
    """A page of what waits for a user.

    :param cursor: ``next`` of the page before
    """
    general = TaskQuery(
        user_id=user.id,
        component="",
        now=utc_now(),
        held=held_by(user.id),
        everywhere=bool(user.sysadmin),
        kind=filters.kind,
        agency_id=filters.agency_id,
        overdue=filters.overdue,
        mine=filters.mine,
        after=position(cursor) if cursor else None,
        limit=limit + 1,
    )
    answers = {name: _ask(manifest, general) for name, manifest in with_tasks().items()}
    wanted = [one for name, one in answers.items() if filters.component in (None, name)]
    tasks = in_order(task for answer in wanted for task in answer.tasks)
    following = _cursor(tasks[limit - 1]) if len(tasks) > limit else None
    counts = [count for answer in answers.values() for count in answer.counts]
    return Shown(list(tasks[:limit]), counts, following)


def _ask(manifest: ComponentManifest, general: TaskQuery) -> TaskPage:
    return manifest.tasks(replace(general, component=manifest.name)) if manifest.tasks else TaskPage()


def _cursor(task: Task) -> str:
    due = task.due_at.isoformat() if task.due_at else None
    return urlsafe_b64encode(json.dumps([due, task.component, task.id]).encode()).decode()


def position(cursor: str) -> Position:
    """The place in the order that a cursor stands for.

    :raises Refusal: for a cursor that no page gave
    """
    try:
        due, component, number = json.loads(urlsafe_b64decode(cursor.encode()))
        moment = datetime.fromisoformat(due) if due else None
        is_place = isinstance(component, str) and isinstance(number, str) and not (moment and not moment.tzinfo)
    except (ValueError, TypeError):
        moment, component, number, is_place = None, "", "", False
    if not is_place:
        raise Refusal(N_("This is no place in the list. Use “next” of the page before, as it is."))
    return Position(moment, component, number)


def counters(counts: Iterable[TaskCount]) -> dict[str, Any]:
    """What waits in all, how much of it is overdue and the user's own, and by component, kind and agency."""
    found: dict[str, Any] = {"all": 0, "overdue": 0, "mine": 0}
    parts: dict[str, dict[Any, int]] = {name: defaultdict(int) for name in ("components", "kinds", "agencies")}
    for one in counts:
        found["all"] += one.number
        found["overdue"] += one.number * one.overdue
        found["mine"] += one.number * one.mine
        parts["components"][one.component] += one.number
        parts["kinds"][one.component, one.kind] += one.number
        if one.agency_id:
            parts["agencies"][one.agency_id] += one.number
    return found | parts


def names(agency_ids: Collection[str], user_ids: Collection[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Titles of agencies and names of users, by id."""
    places = sa.select(model.Group.id, model.Group.name, model.Group.title, agencies.TITLES)
    people = sa.select(model.User.id, model.User.fullname, model.User.name)
    of_places = places.where(model.Group.id.in_(agency_ids))
    of_people = people.where(model.User.id.in_(user_ids))
    titles = {row[0]: agencies.shown_title(*row[1:]) for row in model.Session.execute(of_places)} if agency_ids else {}
    persons = {row[0]: row[1] or row[2] for row in model.Session.execute(of_people)} if user_ids else {}
    return titles, persons


def kind_title(component: str, kind: str) -> str:
    """The name of a kind of task in the reader's language."""
    manifest = with_tasks().get(component)
    return tk._(manifest.task_kinds[kind]) if manifest and kind in manifest.task_kinds else kind


def bulk_action(component: str, name: str) -> BulkAction:
    """What may be done to many tasks of a component at once.

    :raises Refusal: when the component has nothing of that name
    """
    manifest = with_tasks().get(component)
    known = manifest.bulk_actions if manifest else {}
    if name not in known:
        text = N_("There is no bulk action “{name}” in “{component}”. Choose one of: {known}.")
        raise Refusal(text, name=name[:40], component=component[:40], known=", ".join(known) or "–")
    return known[name]
