"""How a component tells the rest of the portal about itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import ckan.plugins as p

if TYPE_CHECKING:
    import sqlalchemy as sa

    from ckanext.opengov.civic.roles import Role
    from ckanext.opengov.civic.service.calendar import Calendar
    from ckanext.opengov.civic.service.discussion.rules import DiscussionRules
    from ckanext.opengov.civic.service.ratings import RatingRules
    from ckanext.opengov.civic.tasks import BulkAction, TaskPage, TaskQuery


@dataclass(frozen=True)
class EntityType:
    """A CKAN package type that a component owns.

    A guarded type is read by ``package_show`` and ``package_search`` and written by its component's own actions
    only; every stock write refuses it.
    """

    name: str
    guarded: bool = True


@dataclass(frozen=True)
class PeriodicTask:
    """Work that the clock process does again and again. ``run`` must be safe to repeat."""

    name: str
    seconds: int
    run: Callable[[], Any]


class RegistryWriter(Protocol):
    """How rows of a harvested registry become entities of one type.

    A record has ``id`` (of the package), ``owner_org`` (id of the agency or None) and the fields of the source's
    mapping: text, a list of texts, a dict of parts (languages), None where the source leaves the field blank. The
    context is that of the portal itself: access was settled when the source was saved. A writer raises
    ``ValidationError`` for a record that it refuses. What it writes and the harvester's own notes are one
    transaction, so it commits once, at its end, or not at all.
    """

    def create(self, context: Any, record: Mapping[str, Any]) -> None:
        """Make the entity with the id of the record."""

    def update(self, context: Any, record: Mapping[str, Any]) -> None:
        """Bring the entity to what the record says."""

    def restore(self, context: Any, record: Mapping[str, Any]) -> None:
        """The row came back after it was withdrawn: the same entity again."""

    def withdraw(self, context: Any, package_id: str) -> None:
        """The row is gone from the source."""


@runtime_checkable
class BatchWriter(RegistryWriter, Protocol):
    """A writer that makes many entities as cheaply as one: the first run over a large registry needs it."""

    def create_many(self, context: Any, records: Sequence[Mapping[str, Any]]) -> Collection[str]:
        """Make new entities, in the session's open transaction; the caller commits.

        :returns: the ids of those made; the others are refused, and :meth:`create` says why
        """
        ...


@dataclass(frozen=True)
class Link:
    """A page, in the reader's words; ``url`` is its path without a language, which the page that shows it adds."""

    title: str
    url: str


@dataclass(frozen=True)
class MyItem:
    """Something that a person wrote, as their own list shows it; texts in the language of the request, ``url`` as in
    :class:`Link`.

    ``became``: what followed from it (the answer, the changed paragraph, the budget line, the dataset). ``public``:
    whether everybody may see the page at ``url``.
    """

    title: str
    url: str
    state: str
    at: dt.datetime
    public: bool
    became: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Indicator:
    """Something that a component counts of each agency, for evaluation; the value is in percent.

    ``rows``: beginning and end of a period → a statement that selects its cases: ``agency_id``, ``entity_id`` (texts)
    and ``part``, what the case is worth, a whole number from 0 to ``whole``. Each case once.
    ``links``: ids of cases → the page of each; those that not everybody may see are left out.
    """

    # English; messages of the component's catalogue. ``about`` says how the cases are chosen and what they are worth.
    title: str
    about: str
    rows: Callable[[dt.datetime, dt.datetime], sa.Select[Any]]
    links: Callable[[Sequence[str]], Mapping[str, Link]]
    whole: int = 1
    # Whether less is better; and from which percentage on a reader is warned.
    less_is_better: bool = False
    warn_from: int | None = None


@dataclass(frozen=True)
class ComponentManifest:
    """One component, as workplace, notices, home page and evaluation see it."""

    name: str
    # English; a message of the component's catalogue.
    title: str
    description: str = ""
    # Flask endpoint of the component's first page.
    endpoint: str | None = None
    entity_types: tuple[EntityType, ...] = ()
    periodic_tasks: tuple[PeriodicTask, ...] = ()
    # Outbox topic → what follows from it. Each handler takes the outbox row and is safe to repeat.
    outbox_handlers: Mapping[str, Callable[[Any], None]] = field(default_factory=dict)
    # Labels that a package of this component carries, beside CKAN's own; and those that a user holds.
    package_labels: Callable[[Any], Iterable[str]] | None = None
    user_labels: Callable[[Any], Iterable[str]] | None = None
    # Packages that are not public carry the component's labels only: members of the agency who hold no role in the
    # component do not read them.
    private_labels: bool = False
    # Action → the officer roles that may do it in the agency concerned; see civic/roles.py and docs/roles.md.
    permissions: Mapping[str, frozenset[Role]] = field(default_factory=dict)
    # Journal event → its English title, a message of the catalogue; {names} stand for the entry's public part.
    events: Mapping[str, str] = field(default_factory=dict)
    # An officer leaves: (from user, to user or None, agency, component) → how many open tasks went on.
    # Without a successor the component gives them to whoever else is responsible, or to nobody yet.
    task_handover: Callable[[str, str | None, str, str], int] | None = None
    # Each computes the open deadlines of one kind anew for this calendar and says how many moved. Safe to repeat.
    deadline_recomputers: tuple[Callable[[Calendar], int], ...] = ()
    # Entity type → how it is discussed; and how its cases are rated.
    discussion: Mapping[str, DiscussionRules] = field(default_factory=dict)
    ratings: Mapping[str, RatingRules] = field(default_factory=dict)
    # (user, before, limit) → what the user wrote in this component before that time, newest first.
    my_items: Callable[[str, dt.datetime | None, int], Iterable[MyItem]] | None = None
    # Package type → how rows of harvested registries are written to it.
    registry_writers: Mapping[str, RegistryWriter] = field(default_factory=dict)
    # What waits for officers, in one statement for each request; see tasks.py and service/tasks.py.
    tasks: Callable[[TaskQuery], TaskPage] | None = None
    # Kind of task → its English title, a message of the catalogue.
    task_kinds: Mapping[str, str] = field(default_factory=dict)
    # Name → what may be done to many tasks at once.
    bulk_actions: Mapping[str, BulkAction] = field(default_factory=dict)
    # Flask endpoint of a page on which officers work beside the tasks → its English title, a message of the catalogue.
    office_pages: Mapping[str, str] = field(default_factory=dict)
    # Name → what evaluation may count; it is called by the component's name, a dot and this name.
    indicators: Mapping[str, Indicator] = field(default_factory=dict)


class ICivicComponent(p.Interface):
    """Implemented by every component's plugin."""

    def civic_manifest(self) -> ComponentManifest:
        """The component's manifest."""
        raise TypeError(f"{type(self).__name__} declares no manifest")


def manifests() -> list[ComponentManifest]:
    """The manifests of all loaded components, in the order of ``ckan.plugins``."""
    return [plugin.civic_manifest() for plugin in p.PluginImplementations(ICivicComponent)]


def guarded_types() -> frozenset[str]:
    """The package types that no stock action may write."""
    return frozenset(kind.name for m in manifests() for kind in m.entity_types if kind.guarded)
