"""What one part of open budgets (lines, programmes, reports, audits) adds to the manifest of the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ckanext.opengov.civic.interfaces import EntityType, PeriodicTask, RegistryWriter
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service.calendar import Calendar
from ckanext.opengov.civic.service.discussion.rules import DiscussionRules


@dataclass(frozen=True)
class Contribution:
    """As the fields of the manifest with the same names."""

    entity_types: tuple[EntityType, ...] = ()
    periodic_tasks: tuple[PeriodicTask, ...] = ()
    outbox_handlers: Mapping[str, Callable[[Any], None]] = field(default_factory=dict)
    permissions: Mapping[str, frozenset[Role]] = field(default_factory=dict)
    events: Mapping[str, str] = field(default_factory=dict)
    discussion: Mapping[str, DiscussionRules] = field(default_factory=dict)
    registry_writers: Mapping[str, RegistryWriter] = field(default_factory=dict)
    office_pages: Mapping[str, str] = field(default_factory=dict)
    deadline_recomputers: tuple[Callable[[Calendar], int], ...] = ()
    # A package's document on its way to the index.
    before_index: Callable[[dict[str, Any]], dict[str, Any]] | None = None


def merged(parts: Iterable[Contribution], name: str) -> Any:
    """One field of all parts together."""
    values = [getattr(one, name) for one in parts]
    if isinstance(values[0], tuple):
        return tuple(item for value in values for item in value)
    return {key: item for value in values for key, item in value.items()}
