"""How a component tells the rest of the portal about itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import ckan.plugins as p


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


class ICivicComponent(p.Interface):
    """Implemented by every component's plugin."""

    def civic_manifest(self) -> ComponentManifest:
        """The component's manifest."""
        raise NotImplementedError(f"{type(self).__name__} declares no manifest")


def manifests() -> list[ComponentManifest]:
    """The manifests of all loaded components, in the order of ``ckan.plugins``."""
    return [plugin.civic_manifest() for plugin in p.PluginImplementations(ICivicComponent)]


def guarded_types() -> frozenset[str]:
    """The package types that no stock action may write."""
    return frozenset(kind.name for m in manifests() for kind in m.entity_types if kind.guarded)
