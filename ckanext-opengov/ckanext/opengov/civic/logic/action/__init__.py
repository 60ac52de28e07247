"""The actions of the civic kit: one module a part, each with the names that it exports in ``__all__``."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from ckanext.opengov.civic import guard, search
from ckanext.opengov.civic.logic.action import (
    calendar,
    discussion,
    helpdesk,
    journal,
    notices,
    officers,
    persons,
    privacy,
    ratings,
    workplace,
)

MODULES: tuple[ModuleType, ...] = (
    journal,
    officers,
    notices,
    persons,
    calendar,
    privacy,
    discussion,
    ratings,
    workplace,
    helpdesk,
)


def get_actions() -> dict[str, Any]:
    """Name → action: those of the parts, and core's own as the guard and the search change them."""
    own = {name: getattr(module, name) for module in MODULES for name in module.__all__}
    return {**guard.guarded_actions(), "user_show": search.user_show, **own}
