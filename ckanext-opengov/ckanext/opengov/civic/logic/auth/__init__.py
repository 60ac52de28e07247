"""Who may call which action of the civic kit: one module a part, each with its names in ``__all__``."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from ckanext.opengov.civic.logic.access import may
from ckanext.opengov.civic.logic.auth import (
    calendar,
    discussion,
    journal,
    notices,
    officers,
    persons,
    privacy,
    ratings,
    workplace,
)

__all__ = ["get_auth_functions", "may"]

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
)


def get_auth_functions() -> dict[str, Any]:
    """Name of the action → its auth function."""
    return {name: getattr(module, name) for module in MODULES for name in module.__all__}
