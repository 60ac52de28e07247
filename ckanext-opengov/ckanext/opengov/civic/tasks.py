"""What waits for an officer: how a component says it, and how the workplace asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ckanext.opengov.civic.roles import ACROSS_AGENCIES, Role


@dataclass(frozen=True)
class Task:
    """One thing that waits; texts in the language of the request."""

    # Unique in the component.
    id: str
    component: str
    kind: str
    title: str
    # The page on which the work is done.
    url: str
    agency_id: str | None = None
    due_at: dt.datetime | None = None
    # Id of the user who has it in hand.
    assignee: str | None = None
    state: str | None = None
    entity_type: str | None = None
    entity_id: str | None = None


@dataclass(frozen=True)
class TaskCount:
    """How many tasks of one sort wait."""

    component: str
    kind: str
    agency_id: str | None
    overdue: bool
    mine: bool
    number: int


@dataclass(frozen=True)
class TaskPage:
    """A component's tasks of one page, and what waits in it in all, whatever the filters."""

    tasks: Sequence[Task] = ()
    counts: Sequence[TaskCount] = ()


@dataclass(frozen=True)
class Position:
    """Where a page ended: tasks go by deadline, those without one last, then by component and id."""

    due_at: dt.datetime | None
    component: str
    id: str


@dataclass(frozen=True)
class TaskQuery:
    """What a component is asked. ``service/tasks.py`` answers it from a statement that selects the open tasks."""

    user_id: str
    # The component that is asked.
    component: str
    now: dt.datetime
    # Component → role → the agencies in which the user holds it today.
    held: Mapping[str, Mapping[Role, frozenset[str]]] = field(default_factory=dict)
    # An administrator of the portal may do everything, so sees everything.
    everywhere: bool = False
    kind: str | None = None
    agency_id: str | None = None
    overdue: bool = False
    mine: bool = False
    after: Position | None = None
    limit: int = 50

    def places(self, roles: Collection[Role], component: str | None = None) -> frozenset[str] | None:
        """The agencies in which the user holds one of the roles; None for all agencies.

        :param component: the component that is asked by default
        """
        held = self.held.get(component or self.component, {})
        if self.everywhere or any(role in ACROSS_AGENCIES and held.get(role) for role in roles):
            return None
        return frozenset().union(*(held.get(role, frozenset()) for role in roles))

    def holds_anywhere(self, role: Role) -> bool:
        """Whether the user holds the role in any component."""
        return self.everywhere or any(roles.get(role) for roles in self.held.values())


@dataclass(frozen=True)
class BulkAction:
    """Something that may be done to many tasks at once: the action is called for each of them."""

    # English; a message of the component's catalogue.
    title: str
    # Name of the action. It checks who may, and commits.
    action: str
    # Kinds of tasks that it fits.
    kinds: frozenset[str]
    # Id of the task → what the action takes.
    data: Callable[[str], dict[str, Any]]
    # Where the action wants a choice, such as to whom: under which name, and what there is to choose from, by
    # (user, whether an administrator of the portal): value and title.
    field: str = ""
    choices: Callable[[str, bool], Sequence[tuple[str, str]]] | None = None
