"""Who may call which action of open data: one module a part, each with its names in ``__all__``."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from ckanext.opengov.data.logic.auth import (
    apps,
    catalogue,
    contests,
    lists,
    push,
    quality,
    query,
    reference,
    requests,
    templates,
    usage,
)

MODULES: tuple[ModuleType, ...] = (
    catalogue,
    requests,
    push,
    quality,
    lists,
    apps,
    contests,
    query,
    usage,
    templates,
    reference,
)


def get_auth_functions() -> dict[str, Any]:
    """Name of the action → its auth function."""
    return {name: getattr(module, name) for module in MODULES for name in module.__all__}
